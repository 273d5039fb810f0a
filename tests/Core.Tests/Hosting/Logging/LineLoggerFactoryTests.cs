using System.Text;
using System.Text.Json;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Logging;

public sealed partial class LineLoggerFactoryTests : IDisposable
{
    private readonly MemoryStream _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Logfmt_has_time_level_caller_message_and_values()
    {
        ILogger log = Create(LogFormat.Logfmt, LogLevel.Information).CreateLogger("AmpEdge.Agent.Scrape");

        TargetDown(log, "node exporter", 3, "10.0.0.1:9100", new IOException("connection \"refused\"\nby peer"));

        Assert.Equal(
            "ts=2026-01-01T00:00:00.000Z level=warn caller=Agent.Scrape msg=\"target down: node exporter 10.0.0.1:9100 after 3 failures\" " +
            "job_name=\"node exporter\" failures=3 instance=10.0.0.1:9100 err=\"connection \\\"refused\\\"\\nby peer\"\n",
            Written());
    }

    [Fact]
    public void Json_has_the_same_keys_with_typed_values()
    {
        ILogger log = Create(LogFormat.Json, LogLevel.Information).CreateLogger("AmpEdge.Agent.Scrape");

        TargetDown(log, "node", 3, "10.0.0.1:9100", new IOException("refused"));

        using JsonDocument line = JsonDocument.Parse(Written());
        JsonElement root = line.RootElement;
        Assert.Equal("warn", root.GetProperty("level").GetString());
        Assert.Equal("Agent.Scrape", root.GetProperty("caller").GetString());
        Assert.Equal(3, root.GetProperty("failures").GetInt32());
        Assert.Equal("refused", root.GetProperty("err").GetString());
    }

    [Fact]
    public void Lines_below_the_level_and_chatter_of_the_framework_are_left_out()
    {
        LineLoggerFactory factory = Create(LogFormat.Logfmt, LogLevel.Information);
        ILogger own = factory.CreateLogger("AmpEdge.Agent");
        ILogger framework = factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");

        Chatter(own, LogLevel.Debug);
        Chatter(framework, LogLevel.Information);
        Assert.Equal("", Written());
        Chatter(framework, LogLevel.Warning);
        Assert.Contains("level=warn", Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_stays_on_one_line()
    {
        Gen gen = Gen.Create(11);
        ILogger log = Create(LogFormat.Logfmt, LogLevel.Information).CreateLogger("x");
        for (int run = 0; run < 500; run++)
        {
            TargetDown(log, gen.Text("ab\"\\=\n\r\t\u0001 \u007Fé😀", 20), run, "", null);
        }

        string[] lines = Written().Split('\n');
        Assert.Equal(501, lines.Length);
        Assert.All(lines.AsSpan(0, 500).ToArray(), line => Assert.StartsWith("ts=", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_repeated_error_is_logged_once_a_minute_with_the_count_of_the_others()
    {
        ManualTime time = new();
        RepeatedErrorGate gate = new(time);

        Assert.True(gate.ShouldLog("refused", out long heldBack));
        Assert.Equal(0, heldBack);
        for (int second = 0; second < 59; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(gate.ShouldLog("refused", out _));
        }

        Assert.True(gate.ShouldLog("timed out", out heldBack));
        Assert.Equal(59, heldBack);
        Assert.False(gate.ShouldLog("timed out", out _));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(gate.ShouldLog("timed out", out heldBack));
        Assert.Equal(1, heldBack);
        Assert.True(gate.Recovered(out _));
        Assert.False(gate.Recovered(out _));
    }

    [LoggerMessage(1, LogLevel.Warning, "target down: {JobName} {Instance} after {Failures} failures")]
    private static partial void TargetDown(ILogger logger, string jobName, int failures, string instance, Exception? error);

    [LoggerMessage(EventId = 2, Message = "chatter")]
    private static partial void Chatter(ILogger logger, LogLevel level);

    private LineLoggerFactory Create(LogFormat format, LogLevel level) => new(_output, format, level, new ManualTime());

    private string Written() => Encoding.UTF8.GetString(_output.ToArray());
}
