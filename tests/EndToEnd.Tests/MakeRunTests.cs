using System.Diagnostics;
using System.Text.RegularExpressions;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The README's first command, as a newcomer calls it, in a folder of its own.</summary>
public sealed partial class MakeRunTests
{
    private const string Query = "query=sum(count_over_time(up[1h]))";

    [Fact]
    public async Task Make_run_shows_samples_flowing_its_curl_works_and_the_data_is_there_the_second_time()
    {
        using WorkingFolder folder = new();
        Dictionary<string, string> environment = new()
        {
            ["AMPEDGE_RUN_FOLDER"] = folder.At("run"),
        };
        string firstAnswer = await RunOnceAsync(environment, Query);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        string secondAnswer = await RunOnceAsync(environment, Query);

        Assert.True(
            ValueOf(secondAnswer) > ValueOf(firstAnswer),
            $"the second run does not go on from the first: {firstAnswer} then {secondAnswer}");
    }

    private static async Task<string> RunOnceAsync(Dictionary<string, string> environment, string query)
    {
        await using RunningProgram run = RunningProgram.Start(
            "/bin/bash", 0, [Path.Combine(Oracle.RepositoryRoot, ".build", "run")], environment);
        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(run.HasExited, run.Describe("make run ended by itself"));
                return Task.FromResult(Flowing().IsMatch(run.Output));
            },
            () => run.Describe("no samples flow"),
            TimeSpan.FromSeconds(120));

        // The command is pasted as printed, with another expression in it.
        string command = CurlCommand().Match(run.Output).Value.Replace("\\\n", " ", StringComparison.Ordinal);
        Assert.Contains("--aws-sigv4", command, StringComparison.Ordinal);
        string answer = await BashAsync(Regex.Replace(command, "'query=.*'", $"'{query}'", RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Contains("\"status\":\"success\"", answer, StringComparison.Ordinal);

        Assert.Equal(0, await run.StopAsync());
        Assert.Contains("Ended.", run.Output, StringComparison.Ordinal);
        return answer;
    }

    private static double ValueOf(string answer)
    {
        Match value = LastValue().Match(answer);
        Assert.True(value.Success, answer);
        return double.Parse(value.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> BashAsync(string command)
    {
        using Process bash = new()
        {
            StartInfo = new ProcessStartInfo("/bin/bash", ["-c", command])
            {
                RedirectStandardOutput = true,
                WorkingDirectory = Oracle.RepositoryRoot,
            },
        };
        bash.Start();
        string output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    [GeneratedRegex(@"scraped [1-9]\d*, delivered [1-9]\d*, stored [1-9]")]
    private static partial Regex Flowing();

    [GeneratedRegex(@"curl -s --aws-sigv4[^\n]*\\\n[^\n]*")]
    private static partial Regex CurlCommand();

    [GeneratedRegex("""\[[0-9.]+,"([0-9.]+)"\]""")]
    private static partial Regex LastValue();
}
