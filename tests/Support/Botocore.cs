using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace AmpEdge.Tests.Support;

/// <summary>Debian's botocore, the AWS SDK for Python: it signs what it is told (<c>tests/testdata/sigv4/botocore_sign.py</c>).</summary>
public static class Botocore
{
    private const string Python = "/usr/bin/python3";

    /// <summary>The signature of each request, in this order.</summary>
    public static async Task<JsonArray> SignAsync(JsonArray requests)
    {
        Oracle.Program("python3");
        ProcessStartInfo start = new(Python, [Oracle.TestData("sigv4/botocore_sign.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(requests.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        string problem = await errors;
        if (problem.Contains("No module named 'botocore'", StringComparison.Ordinal))
        {
            Oracle.Absent("Debian's python3-botocore is not installed");
        }

        Assert.True(process.ExitCode == 0, problem);
        return JsonNode.Parse(await output)!.AsArray();
    }
}
