using System.Diagnostics;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Programs that end by themselves.</summary>
public static class Command
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">More of its environment.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }

    /// <summary>What it prints; fails the test when it fails.</summary>
    public static async Task<string> SucceedAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        (int exitCode, string output, string error) = await RunAsync(program, arguments, environment);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{error}");
        return output;
    }
}
