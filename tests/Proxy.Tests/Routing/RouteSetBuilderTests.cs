using AmpEdge.Hosting;
using AmpEdge.Proxy.Caching;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.Proxy.FanOut;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Routing;
using AmpEdge.Proxy.WriteFiltering;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class RouteSetBuilderTests : IDisposable
{
    private readonly SharedParts<CredentialSettings, string> _credentials;
    private readonly List<string> _freed = [];
    private readonly VirtualWorkspaceBuilder _virtualWorkspaces = new(1 << 20, new MetricRegistry(), new LoopGuard("test"), TimeProvider.System);
    private readonly RouteSetBuilder _builder;

    public RouteSetBuilderTests()
    {
        _credentials = new SharedParts<CredentialSettings, string>(
            settings => settings.Profile ?? "chain",
            profile =>
            {
                _freed.Add(profile);
                return ValueTask.CompletedTask;
            });
        _builder = new RouteSetBuilder(
            TakeCredentials, _virtualWorkspaces, static () => null,
            new SigningClocks(new MetricRegistry(), NullLogger.Instance, TimeProvider.System), NullLogger.Instance,
            TimeProvider.System, new Random(1))
        {
            Caches = new ReadCaches(new MetricRegistry(), 1 << 20, TimeProvider.System),
            WriteFilters = new WriteFilterMetrics(new MetricRegistry()),
        };
    }

    public void Dispose() => _virtualWorkspaces.Dispose();

    [Fact]
    public async Task What_two_configurations_have_in_common_outlives_the_first()
    {
        RouteSet first = Build(Route("a", "kept"), Route("b", "gone"));
        RouteSet second = Build(Route("a", "kept"), Route("b", "come", idleSeconds: 1));
        await first.RetireAsync();

        Assert.Equal(["gone"], _freed);
        Assert.Same(first.Routes[0].Limits, second.Routes[0].Limits);
        Assert.Same(first.Routes[0].Connections, second.Routes[0].Connections);
        Assert.Same(first.Routes[0].Connections, first.Routes[1].Connections);
        Assert.NotSame(first.Routes[1].Connections, second.Routes[1].Connections);
        await second.RetireAsync();
        Assert.Equal(["gone", "kept", "come"], _freed);
    }

    [Fact]
    public async Task A_set_is_freed_when_its_last_request_has_gone()
    {
        RouteSet set = Build(Route("a", "kept"));
        Assert.True(set.TryEnter());
        Task retired = set.RetireAsync();

        Assert.False(retired.IsCompleted);
        Assert.Empty(_freed);
        Assert.True(set.TryEnter());
        set.Leave();
        set.Leave();
        await retired;
        Assert.Equal(["kept"], _freed);
        Assert.False(set.TryEnter());
    }

    [Fact]
    public void A_configuration_that_cannot_work_leaves_nothing_behind()
    {
        RouteConfig lost = Route("b", "second") with { Signing = new SigningConfig() };

        StartFailedException refused = Assert.Throws<StartFailedException>(() => Build(Route("a", "first"), lost));
        Assert.Contains("'b'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["first"], _freed);
    }

    private RouteSet Build(params RouteConfig[] routes) => _builder.Build(new ProxyConfig { Routes = routes });

    private RouteCredentials TakeCredentials(RouteConfig route, List<IAsyncDisposable> leases)
    {
        string profile = _credentials.Take(route.Signing.Credentials, leases);
        return new RouteCredentials(
            () => new CredentialAnswer(null, profile), static (_, _) => ValueTask.FromResult<AwsCredentials?>(null));
    }

    private static RouteConfig Route(string name, string profile, int idleSeconds = 40) => new()
    {
        Name = name,
        Upstream = new UpstreamConfig { Host = "localhost:9009" },
        Signing = new SigningConfig { Region = "us-east-1", Credentials = new CredentialSettings { Profile = profile } },
        Timeouts = new TimeoutsConfig { IdleConnection = TimeSpan.FromSeconds(idleSeconds) },
    };
}
