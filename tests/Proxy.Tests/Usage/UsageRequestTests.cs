using AmpEdge.Proxy.Usage;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class UsageRequestTests
{
    [Theory]
    [InlineData("POST", "/workspaces/ws-1/api/v1/remote_write", "Write", "ws-1")]
    [InlineData("POST", "/api/v1/write", "Write", "")]
    [InlineData("POST", "/api/v1/push", "Write", "")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/remote_write", "Nothing", "ws-1")]
    [InlineData("GET", "/prefix/workspaces/ws-1/api/v1/query", "Query", "ws-1")]
    [InlineData("POST", "/workspaces/ws-1/api/v1/query_range", "QueryRange", "ws-1")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/query_exemplars", "QueryExemplars", "ws-1")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/series", "Series", "ws-1")]
    [InlineData("DELETE", "/workspaces/ws-1/api/v1/series", "Nothing", "ws-1")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/labels", "Labels", "ws-1")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/label/a%2Fb/values", "Labels", "ws-1")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/metadata", "Nothing", "ws-1")]
    [InlineData("POST", "/api/v1/read", "RemoteRead", "")]
    [InlineData("GET", "/federate", "Federate", "")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/rules", "FetchRules", "ws-1")]
    [InlineData("PUT", "/workspaces/ws-1/rulegroupsnamespaces/n", "RuleNamespace", "ws-1")]
    [InlineData("POST", "/workspaces/ws-1/rulegroupsnamespaces", "RuleNamespace", "ws-1")]
    [InlineData("GET", "/workspaces/ws-1/rulegroupsnamespaces", "Nothing", "ws-1")]
    [InlineData("DELETE", "/workspaces/ws-1/rulegroupsnamespaces/n", "Nothing", "ws-1")]
    [InlineData("GET", "/workspaces/ws%2D1/api/v1/query", "Query", "ws-1")]
    [InlineData("GET", "/workspaces", "Nothing", "")]
    [InlineData("GET", "/workspaces/", "Nothing", "")]
    [InlineData("GET", "", "Nothing", "")]
    public void A_path_tells_what_is_done_and_to_which_workspace(string method, string path, string kind, string workspace)
    {
        UsageRequest request = UsageRequest.Of(method, path);

        Assert.Equal((kind, workspace), (request.Kind.ToString(), request.WorkspaceOf(path)));
    }
}
