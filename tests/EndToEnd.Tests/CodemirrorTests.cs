using System.Diagnostics;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The completion of Prometheus's query editor, from its own package, asks our server what it may offer.</summary>
public sealed class CodemirrorTests(LimitedServer limited) : IClassFixture<LimitedServer>
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Prometheus_s_editor_offers_the_names_and_values_of_our_server()
    {
        string folder = await InstallAsync();
        (int exitCode, string printed) = await RunAsync(
            Oracle.Program("node"), folder, "complete.cjs", $"http://{limited.Server.Address}", "req|", "temp{|}", "temp{zone=\"|\"}", "sum by (|)",
            "temp{job=\"a\", instance=\"|\"}");
        Assert.True(exitCode == 0, limited.Server.Describe(printed));
        using JsonDocument offered = JsonDocument.Parse(printed);
        Assert.Contains("requests_total", Labels(offered, "req|"));
        Assert.Contains("dur_bucket", Labels(offered, "req|"));
        Assert.Equal(["instance", "job", "zone"], Labels(offered, "temp{|}"));
        Assert.Equal(["x", "y"], Labels(offered, "temp{zone=\"|\"}"));
        Assert.Contains("version", Labels(offered, "sum by (|)"));
        Assert.Equal(["0", "1", "2"], Labels(offered, "temp{job=\"a\", instance=\"|\"}"));
    }

    private static string[] Labels(JsonDocument offered, string text)
    {
        List<string> labels = [];
        foreach (JsonElement label in offered.RootElement.GetProperty(text).EnumerateArray())
        {
            labels.Add(label.GetString()!);
        }

        labels.Sort(StringComparer.Ordinal);
        return [.. labels];
    }

    /// <summary>The packages that the lock file names, in a folder of the build; an absent peer where they cannot be had.</summary>
    private static async Task<string> InstallAsync()
    {
        string sources = Path.Combine(Oracle.RepositoryRoot, "tests", "EndToEnd.Tests", "Codemirror");
        string folder = Directory.CreateDirectory(Path.Combine(Oracle.RepositoryRoot, "artifacts", "codemirror")).FullName;
        string installed = Path.Combine(folder, "installed.json");
        string wanted = await File.ReadAllTextAsync(
            Path.Combine(sources, "package-lock.json"), TestContext.Current.CancellationToken);
        foreach (string file in Directory.GetFiles(sources))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        if (File.Exists(installed) && await File.ReadAllTextAsync(installed, TestContext.Current.CancellationToken) == wanted)
        {
            return folder;
        }

        string npm = Oracle.Program("npm");
        try
        {
            (int exitCode, string printed) = await RunAsync(npm, folder, "ci", "--no-audit", "--no-fund");
            if (exitCode != 0 && IsOutOfReach(printed))
            {
                Oracle.Absent($"the registry of the editor's packages cannot be reached ({printed})");
            }

            // Whatever else npm says is about our own list of packages.
            Assert.True(exitCode == 0, printed);
        }
        catch (TimeoutException)
        {
            Oracle.Absent($"the packages of the editor did not come within {s_timeout}");
        }

        await File.WriteAllTextAsync(installed, wanted, TestContext.Current.CancellationToken);
        return folder;
    }

    /// <summary>By the codes with which npm tells trouble of the network.</summary>
    private static bool IsOutOfReach(string printed)
    {
        foreach (string code in (string[])["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH"])
        {
            if (printed.Contains(code, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<(int ExitCode, string Printed)> RunAsync(string program, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> printed = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await Task.WhenAll(printed, errors).WaitAsync(s_timeout, TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, process.ExitCode == 0 ? await printed : await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
