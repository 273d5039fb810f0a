using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Http;

public sealed class RouteTableTests
{
    private readonly RouteTable _routes = new RouteTable()
        .Map("GET", "/", _ => Task.CompletedTask)
        .Map("GET", "/workspaces/{workspaceId}/api/v1/query", _ => Task.CompletedTask)
        .Map("GET", "/workspaces/default/api/v1/query", _ => Task.CompletedTask)
        .Map("GET", "/workspaces/{workspaceId}/api/v1/label/{name}/values", _ => Task.CompletedTask)
        .Map("*", "/proxy/{*rest}", _ => Task.CompletedTask)
        .Map("GET", "/proxy/health", _ => Task.CompletedTask);

    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/workspaces/ws-1/api/v1/query", "/workspaces/{workspaceId}/api/v1/query", "workspaceId=ws-1")]
    [InlineData("/workspaces/default/api/v1/query", "/workspaces/default/api/v1/query", "")]
    [InlineData("/workspaces/default/api/v1/label/a%2Fb/values", "/workspaces/{workspaceId}/api/v1/label/{name}/values", "workspaceId=default name=a/b")]
    [InlineData("/work%73paces/x/api/v1/query", "/workspaces/{workspaceId}/api/v1/query", "workspaceId=x")]
    [InlineData("/proxy/a/b%2Fc//d", "/proxy/{*rest}", "rest=a/b%2Fc//d")]
    [InlineData("/proxy/", "/proxy/{*rest}", "rest=")]
    [InlineData("/proxy/health", "/proxy/health", "")]
    [InlineData("/proxy/health/x", "/proxy/{*rest}", "rest=health/x")]
    public void A_path_finds_the_most_literal_route(string path, string pattern, string values)
    {
        RouteMatch match = _routes.Match("GET", path);

        Assert.Equal(pattern, match.Route?.Pattern);
        Assert.Equal(values, string.Join(' ', new List<KeyValuePair<string, string>>(match.Values).ConvertAll(value => $"{value.Key}={value.Value}")));
    }

    [Theory]
    [InlineData("/workspaces")]
    [InlineData("/workspaces//api/v1/query")]
    [InlineData("/workspaces/x/api/v1/query/")]
    [InlineData("/workspaces/x/../default/api/v1/query")]
    [InlineData("/workspaces/%zz/api/v1/query")]
    [InlineData("/%77orkspace%F3/x/api/v1/query")]
    [InlineData("//")]
    [InlineData("*")]
    [InlineData("")]
    public void What_no_pattern_covers_is_not_found(string path) =>
        Assert.Null(_routes.Match("GET", path).Route);

    [Theory]
    [InlineData("/")]
    [InlineData("/a/%zz//..")]
    public void A_rest_that_nobody_asks_for_takes_everything_and_keeps_nothing(string path)
    {
        RouteTable all = new();
        all.Map("*", "/{*}", static _ => Task.CompletedTask);

        RouteMatch match = all.Match("PATCH", path);

        Assert.Equal("/{*}", match.Route?.Pattern);
        Assert.Empty(match.Values);
        Assert.Equal("/{*}", all.Map("GET", "/a", static _ => Task.CompletedTask).Match("GET", path).Route?.Pattern);
    }

    [Fact]
    public void A_value_that_is_no_UTF_8_is_handed_on_with_its_bytes()
    {
        RouteMatch match = _routes.Match("GET", "/workspaces/%C3/api/v1/query");

        Assert.NotNull(match.Route);
        Assert.Equal([0xC3], PercentEncoding.BytesOf(Assert.Single(match.Values).Value));
    }

    [Fact]
    public void A_get_route_answers_head_and_a_star_route_every_method()
    {
        Assert.NotNull(_routes.Match("HEAD", "/").Route);
        Assert.NotNull(_routes.Match("PATCH", "/proxy/x").Route);
        Assert.Equal("GET", _routes.Match("POST", "/").AllowedMethods);
    }

    [Fact]
    public void Behind_a_prefix_nothing_is_found_without_it()
    {
        RouteTable prefixed = new("/a/b");
        prefixed.Map("GET", "/", static _ => Task.CompletedTask).Map("GET", "/x", static _ => Task.CompletedTask);

        Assert.Equal("/x", prefixed.Match("GET", "/a/b/x").Route?.Pattern);
        Assert.Equal("/", prefixed.Match("GET", "/a/b/").Route?.Pattern);
        Assert.Null(prefixed.Match("GET", "/x").Route);
        Assert.Null(prefixed.Match("GET", "/a/b").Route);
    }

    [Fact]
    public void A_route_mapped_twice_is_an_error_of_the_program()
    {
        Assert.Throws<ArgumentException>(() => _routes.Map("GET", "/", _ => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => _routes.Map("GET", "/workspaces/{other}/x", _ => Task.CompletedTask));
        Assert.Throws<ArgumentException>(() => _routes.Map("GET", "no-slash", _ => Task.CompletedTask));
    }

    [Fact]
    public void Random_paths_find_a_route_or_none()
    {
        Gen gen = Gen.Create(9);
        for (int run = 0; run < 5000; run++)
        {
            string path = "/" + gen.Text("/%2Fworkspacediltx.é*?", 40);
            RouteMatch match = _routes.Match("GET", path);
            Assert.True(match.Route is not null || match.AllowedMethods.Length == 0, $"{path}, {gen}");
        }
    }

    [Theory]
    [InlineData("/a?b=%2F", "/a", "?b=%2F")]
    [InlineData("http://host:80/a//b?x?y", "/a//b", "?x?y")]
    [InlineData("http://host", "/", "")]
    [InlineData("http://host?x", "/", "?x")]
    [InlineData("*", "*", "")]
    [InlineData("/", "/", "")]
    public void A_target_keeps_every_byte_of_path_and_query(string raw, string path, string query) =>
        Assert.Equal(new RequestTarget(path, query), RequestTarget.Parse(raw));

    [Theory]
    [InlineData("127.0.0.1:9090", true, true)]
    [InlineData("[::1]:9090", true, true)]
    [InlineData("localhost:0", true, true)]
    [InlineData(":9090", true, false)]
    [InlineData("0.0.0.0:65535", true, false)]
    [InlineData("9090", false, false)]
    [InlineData("127.0.0.1:65536", false, false)]
    [InlineData("host.example:1", false, false)]
    [InlineData("127.0.0.1:-1", false, false)]
    public void A_listen_address_is_host_and_port(string text, bool valid, bool loopback)
    {
        Assert.Equal(valid, ListenAddress.TryParse(text, out ListenAddress? address, out string problem));
        Assert.Equal(loopback, address?.IsLoopback ?? false);
        Assert.Equal(valid, problem.Length == 0);
    }
}
