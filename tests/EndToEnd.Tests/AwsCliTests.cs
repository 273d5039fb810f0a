using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Debian's AWS CLI through the proxy. What answers is a script: our server has no control plane yet.</summary>
public sealed class AwsCliTests
{
    private const string Listed =
        """{"workspaces":[{"alias":"production","arn":"arn:aws:aps:eu-central-1:1:workspace/ws-1","createdAt":1700000000,"status":{"statusCode":"ACTIVE"},"tags":{},"workspaceId":"ws-1"}]}""";

    [Fact]
    public async Task The_CLI_lists_workspaces_with_the_credentials_of_the_proxy_whatever_its_own()
    {
        await using ScriptedHttpServer upstream = new(new ScriptedResponse(
            200, new Dictionary<string, string> { ["Content-Type"] = "application/json" }, Encoding.UTF8.GetBytes(Listed)));
        await using RunningProgram proxy = await Pipeline.StartProxyAsync(upstream.Address);
        await using RunningProgram cli = RunningProgram.Start(
            Oracle.Program("aws"),
            0,
            ["amp", "list-workspaces", "--endpoint-url", $"http://{proxy.Address}", "--region", Pipeline.Region, "--output", "json"],
            new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "AKIDOFNOBODY", ["AWS_SECRET_ACCESS_KEY"] = "nothing" });
        await Eventually.TrueAsync(() => Task.FromResult(cli.HasExited), () => cli.Describe("the AWS CLI runs on"));

        Assert.True(await cli.StopAsync() == 0, cli.Describe("it failed"));
        Assert.Contains("\"alias\": \"production\"", cli.Output, StringComparison.Ordinal);
        ScriptedRequest request = Assert.Single(upstream.Requests);
        Assert.Equal(("GET", "/workspaces"), (request.Method, request.Target));
        Assert.StartsWith($"AWS4-HMAC-SHA256 Credential={Pipeline.AllKey}/", request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains($"/{Pipeline.Region}/aps/aws4_request", request.Headers["Authorization"], StringComparison.Ordinal);
    }
}
