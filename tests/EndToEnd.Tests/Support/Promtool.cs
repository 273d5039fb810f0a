using System.Diagnostics;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Debian's promtool.</summary>
public static class Promtool
{
    /// <summary>What it prints; fails the test when it fails.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using Process promtool = new()
        {
            StartInfo = new ProcessStartInfo(Oracle.Program("promtool"), arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        promtool.Start();
        Task<string> errors = promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await promtool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(promtool.ExitCode == 0, $"promtool {string.Join(' ', arguments)}: {output}{await errors}");
        return output;
    }
}
