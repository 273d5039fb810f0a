using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class RouteMatcherTests
{
    [Fact]
    public void Without_conditions_every_request_is_taken()
    {
        Assert.True(new RouteMatcher(new MatchConfig()).Takes("any", Request("DELETE", "h"), "/"));
    }

    [Theory]
    [InlineData("pods", "GET", "a.example.org:8080", "/team/x", "7", true)]
    [InlineData("pods", "GET", "EXACT.org", "/team", "7", true)]
    [InlineData("net", "GET", "a.example.org", "/team/x", "7", false)]
    [InlineData("pods", "PUT", "a.example.org", "/team/x", "7", false)]
    [InlineData("pods", "GET", "example.org", "/team/x", "7", false)]
    [InlineData("pods", "GET", "a.example.org", "/teams", "7", false)]
    [InlineData("pods", "GET", "a.example.org", "/team/x", "8", false)]
    public void All_conditions_must_be_met(string listener, string method, string host, string path, string scope, bool taken)
    {
        RouteMatcher matcher = new(new MatchConfig
        {
            Listeners = ["pods"],
            Hosts = ["*.example.org", "exact.org"],
            PathPrefix = "/team",
            Methods = ["GET"],
            Headers = [new("X-Scope", "7"), new("X-There", "")],
        });
        HttpRequest request = Request(method, host);
        request.Headers["X-Scope"] = scope;
        request.Headers["X-There"] = "whatever";

        Assert.Equal(taken, matcher.Takes(listener, request, path));
    }

    [Fact]
    public void A_header_that_must_be_there_and_is_not_leaves_the_request_to_others()
    {
        RouteMatcher matcher = new(new MatchConfig { Headers = [new("X-There", "")] });

        Assert.False(matcher.Takes("any", Request("GET", "h"), "/"));
    }

    private static HttpRequest Request(string method, string host)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Host = new HostString(host);
        return request;
    }
}
