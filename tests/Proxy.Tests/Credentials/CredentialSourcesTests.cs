using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Credentials;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Proxy.Tests.Credentials;

public sealed class CredentialSourcesTests
{
    [Fact]
    public async Task Routes_that_lack_credentials_are_named_with_their_upstream_and_the_reason()
    {
        Readiness readiness = new();
        CredentialSources sources = new(new MetricRegistry(), readiness, NullLogger.Instance, TimeProvider.System);
        List<IAsyncDisposable> leases = [];
        sources.Take(Route("good", null), leases);
        sources.Take(Route("write", "no-such-profile-1"), leases);
        sources.Take(Route("read", "no-such-profile-1"), leases);
        sources.Take(Route("other", "no-such-profile-2"), leases);
        string reason = "";
        bool isTold = SpinWait.SpinUntil(
            () => (reason = string.Join('\n', readiness.Reasons())).Contains("no-such-profile-2", StringComparison.Ordinal)
                && reason.Contains("no-such-profile-1", StringComparison.Ordinal)
                && !reason.Contains("good", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1));

        Assert.True(isTold, reason);
        Assert.Contains(
            "routes write (https://write.example.org), read (https://read.example.org): no AWS credentials: profile 'no-such-profile-1' is not in",
            reason, StringComparison.Ordinal);
        Assert.Contains("; route other (https://other.example.org): no AWS credentials: ", reason, StringComparison.Ordinal);
        leases.Reverse();
        foreach (IAsyncDisposable lease in leases)
        {
            await lease.DisposeAsync();
        }

        Assert.Empty(readiness.Reasons());
    }

    [Fact]
    public async Task Many_routes_are_told_in_short_and_each_once()
    {
        Readiness readiness = new();
        CredentialSources sources = new(new MetricRegistry(), readiness, NullLogger.Instance, TimeProvider.System);
        List<IAsyncDisposable> leases = [];
        for (int index = 0; index < 24; index++)
        {
            sources.Take(Route($"r{index % 12}", "no-such-profile-3"), leases);
        }

        string reason = Assert.Single(readiness.Reasons());
        Assert.Contains("routes r0 (https://r0.example.org), r1 (", reason, StringComparison.Ordinal);
        Assert.Contains(", r9 (https://r9.example.org) and 2 more: no AWS credentials", reason, StringComparison.Ordinal);
        foreach (IAsyncDisposable lease in leases)
        {
            await lease.DisposeAsync();
        }
    }

    private static RouteConfig Route(string name, string? profile) => new()
    {
        Name = name,
        Upstream = new UpstreamConfig { Host = $"{name}.example.org" },
        Signing = new SigningConfig
        {
            Credentials = new CredentialSettings
            {
                Profile = profile,
                StaticKeys = profile is null ? new AwsCredentials("AKIDGOOD", "secret") : null,
            },
        },
    };
}
