using System.Diagnostics;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Peers that come as npm packages, by a lock file of ours, into a folder of the build.</summary>
public static class NpmPackages
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(3);

    /// <summary>The folder with the packages that the lock file in <paramref name="name"/> names; an absent peer where they cannot be had.</summary>
    /// <param name="name">The folder beside the tests that holds <c>package.json</c> and <c>package-lock.json</c>.</param>
    public static async Task<string> InstallAsync(string name)
    {
        string sources = Path.Combine(Oracle.RepositoryRoot, "tests", "EndToEnd.Tests", name);
        string folder = Directory.CreateDirectory(
            Path.Combine(Oracle.RepositoryRoot, "artifacts", name.ToLowerInvariant())).FullName;
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
                Oracle.Absent($"the registry of the packages of {name} cannot be reached ({printed})");
            }

            // Whatever else npm says is about our own list of packages.
            Assert.True(exitCode == 0, printed);
        }
        catch (TimeoutException)
        {
            Oracle.Absent($"the packages of {name} did not come within {s_timeout}");
        }

        await File.WriteAllTextAsync(installed, wanted, TestContext.Current.CancellationToken);
        return folder;
    }

    /// <summary>Runs a program in a folder: its exit code, and what it printed, of errors when it failed.</summary>
    /// <exception cref="TimeoutException">It did not end; it is ended then.</exception>
    public static async Task<(int ExitCode, string Printed)> RunAsync(string program, string folder, params string[] arguments)
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
}
