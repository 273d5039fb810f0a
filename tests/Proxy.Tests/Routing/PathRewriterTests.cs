using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class PathRewriterTests
{
    [Theory]
    [InlineData("/api/v1/write", "/workspaces/ws-1/api/v1/remote_write")]
    [InlineData("/api/v1/remote_write", "/workspaces/ws-1/api/v1/remote_write")]
    [InlineData("/api/v1/query", "/workspaces/ws-1/api/v1/query")]
    [InlineData("/api/v1/label/a%2Fb/values", "/workspaces/ws-1/api/v1/label/a%2Fb/values")]
    [InlineData("/alertmanager/api/v2/alerts", "/workspaces/ws-1/alertmanager/api/v2/alerts")]
    [InlineData("/workspaces/ws-1/api/v1/query", "/workspaces/ws-1/api/v1/query")]
    [InlineData("/workspaces/ws-2/api/v1/query", "/workspaces/ws-1/workspaces/ws-2/api/v1/query")]
    [InlineData("/workspaces/ws-11/x", "/workspaces/ws-1/workspaces/ws-11/x")]
    public void Short_paths_are_those_of_the_routes_workspace_and_no_other_is_reached(string path, string expected)
    {
        Assert.Equal(expected, new PathRewriter(new RouteConfig { Workspace = "ws-1" }).Rewrite(path));
    }

    [Theory]
    [InlineData("/grafana/api/v1/query", "/api/v1/query")]
    [InlineData("/grafana", "/")]
    [InlineData("/grafanas", "/later")]
    [InlineData("/old/a/b", "/new/b/a")]
    [InlineData("/old/a", "/old/a")]
    [InlineData("/prom/x", "/prometheus/x")]
    public void The_first_rewrite_that_matches_is_applied(string path, string expected)
    {
        PathRewriter rewriter = new(new RouteConfig
        {
            PathRewrites =
            [
                new PathRewriteConfig { Prefix = "/grafana" },
                new PathRewriteConfig { Regex = "/old/([^/]+)/(.+)", Replacement = "/new/$2/$1" },
                new PathRewriteConfig { Prefix = "/prom", Replacement = "/prometheus/" },
                new PathRewriteConfig { Regex = "/grafana.*", Replacement = "/later" },
            ],
        });

        Assert.Equal(expected, rewriter.Rewrite(path));
    }

    [Fact]
    public void A_path_that_stays_is_the_same_text()
    {
        string path = "/api/v1/query";

        Assert.Same(path, new PathRewriter(new RouteConfig()).Rewrite(path));
    }
}
