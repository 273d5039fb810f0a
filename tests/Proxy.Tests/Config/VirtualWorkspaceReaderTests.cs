using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using Xunit;

namespace AmpEdge.Proxy.Tests.Config;

public sealed class VirtualWorkspaceReaderTests
{
    private const string Member = "{name: eu, upstream: \"https://aps-workspaces.eu-west-1.amazonaws.com\", workspace: ws-1}";
    private const string Route = "routes: [{name: all, virtual_workspace: everywhere}]\n";

    [Fact]
    public void A_member_is_read_with_its_own_base_path_and_signature()
    {
        ProxyConfig config = Parse(
            $"{Route}virtual_workspaces: [{{name: everywhere, label: region, timeout: 30s, max_answer_size: 1MiB, members: ["
            + Member + ", {name: own, upstream: \"http://localhost:9090/prom/\", sigv4: {region: eu-west-1, access_key: a, secret_key: b}}]}]").Config
            ?? throw new InvalidOperationException("refused");

        VirtualWorkspaceConfig workspace = Assert.Single(config.VirtualWorkspaces);
        Assert.Equal("region", workspace.Label);
        Assert.Equal(TimeSpan.FromSeconds(30), workspace.Timeout);
        Assert.Equal(1 << 20, workspace.MaxAnswerBytes);
        Assert.Equal("/workspaces/ws-1", workspace.Members[0].BasePath);
        Assert.Equal("aps-workspaces.eu-west-1.amazonaws.com", workspace.Members[0].Upstream.Host);
        Assert.Equal("/prom", workspace.Members[1].BasePath);
        Assert.Equal("eu-west-1", workspace.Members[1].Signing.Region);
        Assert.Equal("everywhere", Assert.Single(config.Routes).VirtualWorkspace);
    }

    [Theory]
    [InlineData("virtual_workspaces: [{name: everywhere, members: []}]", "members: are 0 (allowed: from 1 to 64)")]
    [InlineData("virtual_workspaces: [{name: other, members: [MEMBER]}]", "virtual_workspace: is none of virtual_workspaces")]
    [InlineData("virtual_workspaces: [{name: everywhere, label: __x, members: [MEMBER]}]", "label: is no name for a label of one's own")]
    [InlineData("virtual_workspaces: [{name: everywhere, label: \"a b\", members: [MEMBER]}]", "label: is no name")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [MEMBER, MEMBER]}]", "name: is used by another member")]
    [InlineData("virtual_workspaces: [{name: everywhere, timeout: 0s, members: [MEMBER]}]", "timeout: is out of range")]
    [InlineData("virtual_workspaces: [{name: everywhere, max_answer_size: 2GiB, members: [MEMBER]}]", "max_answer_size: is out of range")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [{name: eu}]}]", "upstream: is missing")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [{name: eu, upstream: \"http://h/?a=1\"}]}]", "upstream: must be scheme, host, port and path only")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [{name: eu, upstream: \"http://h\", workspace: \"a/b\"}]}]", "workspace: is no workspace's id")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [{name: eu, upstream: \"http://127.0.0.1:8080\"}]}]", "upstream: is this proxy's own listener")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [MEMBER], partial: no}]", "partial")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [MEMBER]}]\naccess_log: {sample_ratio: 2}", "sample_ratio: is out of range")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [MEMBER]}]\naccess_log: {}", "path: is missing")]
    [InlineData("virtual_workspaces: [{name: everywhere, members: [MEMBER]}]\nlocal_answers: {tsdb: true}", "tsdb")]
    public void What_cannot_be_is_refused_with_its_place(string yaml, string problem)
    {
        ConfigResult<ProxyConfig> result = Parse(Route + yaml.Replace("MEMBER", Member, StringComparison.Ordinal));

        Assert.Null(result.Config);
        Assert.Contains(result.Problems, found => found.ToString().Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_route_leads_to_an_upstream_or_to_a_virtual_workspace()
    {
        ConfigResult<ProxyConfig> result = Parse(
            "routes: [{name: all, virtual_workspace: everywhere, upstream: \"http://h\", sigv4: {region: a}}]\n"
            + $"virtual_workspaces: [{{name: everywhere, members: [{Member}]}}]");

        Assert.Equal(2, result.Problems.Count);
        Assert.All(result.Problems, problem => Assert.Contains("has no meaning beside virtual_workspace", problem.ToString(), StringComparison.Ordinal));
    }

    private static ConfigResult<ProxyConfig> Parse(string yaml) => ProxyConfigLoader.Parse("proxy.yml", yaml, "127.0.0.1:8081");
}
