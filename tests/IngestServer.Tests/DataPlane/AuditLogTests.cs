using System.Text;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Auth;
using AmpEdge.IngestServer.DataPlane;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AmpEdge.IngestServer.Tests.DataPlane;

public sealed class AuditLogTests
{
    [Fact]
    public void A_caller_refused_in_a_loop_fills_a_bounded_number_of_lines_and_the_rest_is_summed_up()
    {
        ManualTime time = new();
        using MemoryStream output = new();
        using (LineLoggerFactory loggers = new(output, LogFormat.Logfmt, LogLevel.Information, time))
        {
            AuditLog audit = new(loggers.CreateLogger("audit"), time);
            DefaultHttpContext context = new();
            for (int request = 0; request < 1_000; request++)
            {
                audit.Refused(context, AmpError.MissingToken, "anonymous");
            }

            time.Advance(TimeSpan.FromMinutes(1));
            audit.Refused(context, AmpError.MissingToken, "anonymous");
        }

        string[] lines = Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n');
        Assert.Equal(62, lines.Length);
        Assert.Contains("940 more", lines[60], StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_ready_does_not_fill_the_log_with_its_callers()
    {
        ManualTime time = new();
        using MemoryStream output = new();
        using (LineLoggerFactory loggers = new(output, LogFormat.Logfmt, LogLevel.Information, time))
        {
            AuditLog audit = new(loggers.CreateLogger("audit"), time);
            audit.Refused(new DefaultHttpContext(), AmpError.Unavailable("the log is replayed"), "writer");
        }

        Assert.Empty(output.ToArray());
    }
}
