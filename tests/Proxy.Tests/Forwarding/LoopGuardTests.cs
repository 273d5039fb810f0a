using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class LoopGuardTests
{
    [Theory]
    [InlineData("localhost:8080", "127.0.0.1:8080")]
    [InlineData("127.0.0.1:8080", "0.0.0.0:8080")]
    [InlineData("127.0.0.1:8081", "127.0.0.1:8080")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("10.1.2.3:8080", "10.1.2.3:8080")]
    public void An_upstream_that_is_the_proxy_itself_is_refused_at_the_start(string host, string listen)
    {
        Assert.NotNull(Own(host, listen, "http"));
    }

    [Theory]
    [InlineData("localhost:9090", "127.0.0.1:8080")]
    [InlineData("example.org:8080", "0.0.0.0:8080")]
    [InlineData("aps-workspaces.us-east-1.amazonaws.com", "127.0.0.1:8080")]
    public void Any_other_upstream_is_fine(string host, string listen)
    {
        Assert.Null(Own(host, listen, "https"));
    }

    private static string? Own(string host, string listen, string scheme) => LoopGuard.OwnListener(
        new UpstreamConfig { Host = host, Scheme = scheme },
        [new ListenerConfig { Address = "127.0.0.1:1" }, new ListenerConfig { Address = listen }],
        "127.0.0.1:8081");
}
