using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class AccessRuleTests
{
    [Theory]
    [InlineData("/api/v1/query", true)]
    [InlineData("/api/v1/query/", false)]
    [InlineData("/api/v1/query_range", false)]
    [InlineData("/api/v1/%71uery", false)]
    [InlineData("/api/v1/label/a%2Fb/values", true)]
    [InlineData("/api/v1/label//values", false)]
    [InlineData("/api/v1/label/a/b/values", false)]
    [InlineData("/rules/x", true)]
    [InlineData("/rules/x/y/z", true)]
    [InlineData("/rules/", false)]
    [InlineData("/rules", false)]
    [InlineData("/rules/%2e%2E/api/v1/remote_write", false)]
    [InlineData("/rules/.%2e/x", false)]
    [InlineData("/rules/%2e%2ea", true)]
    public void A_path_is_allowed_when_a_pattern_takes_it_segment_by_segment(string path, bool allowed)
    {
        AccessRule rule = new(new RouteConfig
        {
            AllowPaths = ["/api/v1/query", "/api/v1/label/*/values", "/rules/**"],
        });

        Assert.Equal(allowed, rule.CheckPath(path) is null);
    }

    [Theory]
    [InlineData("GET", "/workspaces/w/api/v1/query", true, false)]
    [InlineData("HEAD", "/", true, false)]
    [InlineData("POST", "/workspaces/w/api/v1/query_range", true, false)]
    [InlineData("POST", "/workspaces/w/api/v1/remote_write", false, true)]
    [InlineData("POST", "/api/v1/write", false, true)]
    [InlineData("PUT", "/api/v1/write", false, false)]
    [InlineData("POST", "/workspaces/w/rulegroupsnamespaces", false, false)]
    [InlineData("DELETE", "/workspaces/w", false, false)]
    [InlineData("POST", "/api/v1/query/", false, false)]
    public void Read_only_and_write_only_let_through_what_is_known_to_read_or_write(
        string method, string path, bool reads, bool writes)
    {
        Assert.Equal(reads, new AccessRule(new RouteConfig { Access = RouteAccess.ReadOnly }).CheckAccess(method, path) is null);
        Assert.Equal(writes, new AccessRule(new RouteConfig { Access = RouteAccess.WriteOnly }).CheckAccess(method, path) is null);
        Assert.Null(new AccessRule(new RouteConfig()).CheckAccess(method, path));
    }
}
