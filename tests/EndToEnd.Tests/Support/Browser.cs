using System.Diagnostics;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Debian's Chromium without a window.</summary>
public static class Browser
{
    /// <summary>The page's document after its scripts ran.</summary>
    /// <param name="folder">Where the browser keeps its profile.</param>
    /// <param name="url">The page.</param>
    /// <param name="furtherArguments">What else the browser is told.</param>
    public static async Task<string> RenderAsync(WorkingFolder folder, string url, params string[] furtherArguments)
    {
        using Process chromium = new()
        {
            StartInfo = new ProcessStartInfo(
                Oracle.Program("chromium"),
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    $"--user-data-dir={folder.At("chromium")}", .. furtherArguments, "--dump-dom", url,
                ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        chromium.Start();
        Task<string> errors = chromium.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string document = await chromium.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await chromium.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(document.Length > 0, $"chromium showed nothing: {await errors}");
        return document;
    }
}
