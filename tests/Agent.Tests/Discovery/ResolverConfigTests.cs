using System.Net;
using AmpEdge.Agent.Discovery;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class ResolverConfigTests
{
    [Fact]
    public void Every_keyword_that_matters_is_read()
    {
        ResolverConfig config = ResolverConfig.Parse("""
            # made by the container runtime
            ; and another comment
            nameserver 10.96.0.10
            nameserver	2001:db8::53
            nameserver [127.0.0.1]:5353
            nameserver nonsense
            domain ignored.example
            search default.svc.cluster.local svc.cluster.local cluster.local
            options ndots:5 timeout:2 attempts:3 rotate edns0 trust-ad
            """);

        Assert.Equal(
            [IPEndPoint.Parse("10.96.0.10:53"), IPEndPoint.Parse("[2001:db8::53]:53"), IPEndPoint.Parse("127.0.0.1:5353")],
            config.Servers);
        Assert.Equal(["default.svc.cluster.local", "svc.cluster.local", "cluster.local"], config.Search);
        Assert.Equal((5, 3, true), (config.Ndots, config.Attempts, config.Rotate));
        Assert.Equal(TimeSpan.FromSeconds(2), config.Timeout);
    }

    [Fact]
    public void Without_a_server_the_host_itself_is_asked()
    {
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:53")], ResolverConfig.Parse("").Servers);
        Assert.Equal([IPEndPoint.Parse("127.0.0.1:53")], ResolverConfig.Parse("nameserver\nsearch\n").Servers);
    }

    [Fact]
    public void Options_are_bounded()
    {
        ResolverConfig config = ResolverConfig.Parse("options ndots:99 timeout:9999 attempts:77 attempts:0 timeout:x timeout:0\n");
        Assert.Equal((15, 5, TimeSpan.FromSeconds(30)), (config.Ndots, config.Attempts, config.Timeout));
    }

    [Theory]
    [InlineData("web.example.com.", 1, "web.example.com.")]
    [InlineData("web", 1, "web.a.test. web.b.test. web.")]
    [InlineData("web.ns", 1, "web.ns. web.ns.a.test. web.ns.b.test.")]
    [InlineData("web.ns", 2, "web.ns.a.test. web.ns.b.test. web.ns.")]
    [InlineData("web", 0, "web. web.a.test. web.b.test.")]
    [InlineData(@"we\.b", 1, @"we\.b.a.test. we\.b.b.test. we\.b.")]
    public void Short_names_are_tried_with_the_search_domains(string name, int ndots, string expected)
    {
        ResolverConfig config = new() { Search = ["a.test", "b.test."], Ndots = ndots };
        Assert.Equal(expected, string.Join(' ', config.NamesFor(name)));
    }

    [Fact]
    public void Whatever_the_file_holds_there_is_a_server_to_ask()
    {
        Gen gen = Gen.Create(53);
        byte[] file = "nameserver 10.0.0.1\nnameserver [::1]:53\nsearch a b\noptions ndots:5 timeout:2 rotate\n"u8.ToArray();
        for (int run = 0; run < 5000; run++)
        {
            ResolverConfig config = ResolverConfig.Parse(System.Text.Encoding.Latin1.GetString(gen.Mutate(file)));
            Assert.True(config.Servers.Count > 0 && config.Attempts > 0 && config.Timeout > TimeSpan.Zero, gen.ToString());
            Assert.NotEmpty(config.NamesFor("x"));
        }
    }
}
