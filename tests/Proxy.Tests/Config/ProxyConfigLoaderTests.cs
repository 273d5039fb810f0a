using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Config;

public sealed class ProxyConfigLoaderTests
{
    private const string Admin = "127.0.0.1:9999";

    private static readonly string s_folder = Path.Combine(Oracle.RepositoryRoot, "tests", "testdata", "proxy");

    public static TheoryData<string> BadFiles()
    {
        TheoryData<string> names = [];
        foreach (string file in Directory.GetFiles(s_folder, "*.bad.yml"))
        {
            names.Add(Path.GetFileName(file));
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void All_that_is_wrong_with_a_file_is_told_at_once_with_its_place(string name)
    {
        ConfigResult<ProxyConfig> loaded =
            ProxyConfigLoader.Parse(name, File.ReadAllText(Path.Combine(s_folder, name)), Admin);

        Assert.Null(loaded.Config);
        Assert.Equal(
            File.ReadAllText(Path.Combine(s_folder, name + ".error")).TrimEnd(), string.Join('\n', loaded.Problems));
    }

    [Fact]
    public void Every_key_of_a_route_arrives_in_its_record()
    {
        ProxyConfig config = Load("everything.good.yml");
        RouteConfig route = config.Routes[0];

        Assert.Equal("unix:/run/ampedge/proxy.sock", config.Listeners[0].Address);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
            config.Listeners[0].Socket?.Mode);
        Assert.Equal(64, config.Listeners[0].MaxConnections);
        Assert.Equal("/grafana", route.Match.PathPrefix);
        Assert.Equal(["GET", "POST"], route.Match.Methods);
        Assert.Equal("aps-workspaces.eu-central-1.amazonaws.com", route.Upstream.Host);
        Assert.Equal("https", route.Upstream.Scheme);
        Assert.Equal(RouteAccess.ReadOnly, route.Access);
        Assert.Equal(["/grafana/**"], route.AllowPaths);
        Assert.Equal(2, route.PathRewrites.Count);
        Assert.Equal(new TimeoutsConfig
        {
            Connect = TimeSpan.FromSeconds(5),
            Headers = TimeSpan.FromMinutes(1),
            Total = TimeSpan.FromMinutes(5),
            Idle = TimeSpan.FromMinutes(2),
            IdleConnection = TimeSpan.FromSeconds(30),
        }, route.Timeouts);
        Assert.Equal(new LimitsConfig
        {
            RequestBodyBytes = 1 << 20,
            ConcurrentRequests = 20,
            RequestsPerSecond = 50,
            SamplesPerSecond = 100_000,
        }, route.Limits);
        Assert.Equal(
            new RetriesConfig { MaxAttempts = 2, Writes = true, BudgetPercent = 10, MaxWait = TimeSpan.FromSeconds(1) },
            route.Retries);
        Assert.Equal(
            new QueryGuardConfig { MaxSamplesProcessed = 1_000_000_000, MaxRange = TimeSpan.FromDays(32) }, route.QueryGuard);
        ReadCacheConfig cache = route.Cache!;
        Assert.Equal((TimeSpan.FromSeconds(15), 32 << 20, 1 << 20), (cache.Ttl, cache.MaxBytes, cache.MaxAnswerBytes));
        Assert.Equal(["X-Scope-OrgID"], cache.Vary);
        CredentialSettings credentials = route.Signing.Credentials;
        Assert.Equal("metrics", credentials.Profile);
        Assert.Equal("the-id", Assert.Single(credentials.Roles).ExternalId);
        Assert.Equal("eu-central-1", credentials.Region);
        Assert.True(credentials.UseFipsSts);
    }

    [Fact]
    public void What_is_not_given_has_the_defaults_of_the_records()
    {
        RouteConfig route = Load("everything.good.yml").Routes[1];

        Assert.Equal(new TimeoutsConfig(), route.Timeouts);
        Assert.Equal(new LimitsConfig(), route.Limits);
        Assert.Equal(new RetriesConfig(), route.Retries);
        Assert.False(route.IsConfined);
        Assert.Null(route.Cache);
        Assert.Empty(route.WriteRelabelRules);
        Assert.Equal("localhost:9009", route.Upstream.Host);
        Assert.Equal("aps-workspaces.eu-central-1.amazonaws.com", route.Upstream.SignHost);
    }

    private static ProxyConfig Load(string name)
    {
        ConfigResult<ProxyConfig> loaded = ProxyConfigLoader.Load(Path.Combine(s_folder, name), Admin);
        Assert.Empty(loaded.Problems);
        return loaded.Config ?? throw new InvalidOperationException("neither configuration nor problems");
    }
}
