using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class UpstreamResolverTests
{
    private const string AwsEndpoint = "aps-workspaces.eu-west-1.amazonaws.com";

    [Theory]
    [InlineData(AwsEndpoint, null, null, null, "eu-west-1", "aps")]
    [InlineData(AwsEndpoint, null, "us-east-1", "es", "us-east-1", "es")]
    [InlineData("localhost:9009", null, null, null, "found-1", "aps")]
    [InlineData("localhost:9009", null, "us-east-1", "aps", "us-east-1", "aps")]
    [InlineData("10.0.0.1:4443", "sqs.us-east-2.amazonaws.com", null, null, "us-east-2", "sqs")]
    public void A_fixed_host_has_its_scope_from_flags_host_and_surroundings(
        string host, string? signHost, string? region, string? service, string expectedRegion, string expectedService)
    {
        RouteConfig route = new()
        {
            Upstream = new UpstreamConfig { Host = host, SignHost = signHost },
            Signing = new SigningConfig { Region = region, Service = service },
        };
        UpstreamResolver resolver = new(route, () => "found-1", Clocks());

        Assert.True(resolver.TryResolve("whatever", out Upstream? upstream, out _));
        Assert.Equal(new SigningScope(expectedRegion, expectedService), upstream.Signer.Signer.Scope);
        Assert.Equal($"https://{host}", upstream.Origin);
        Assert.Equal(signHost, upstream.HostHeader);
    }

    private static SigningClocks Clocks() => new(new MetricRegistry(), NullLogger.Instance, TimeProvider.System);

    [Fact]
    public void A_missing_region_is_said_at_the_start()
    {
        StartFailedException refused = Assert.Throws<StartFailedException>(
            () => new UpstreamResolver(
                new RouteConfig { Name = "eu", Upstream = new UpstreamConfig { Host = "localhost:9009" } },
                () => null,
                Clocks()));

        Assert.Contains("'eu'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--region", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_host_each_request_names_its_endpoint()
    {
        UpstreamResolver resolver = new(new RouteConfig(), () => null, Clocks());

        Assert.True(resolver.TryResolve(AwsEndpoint, out Upstream? first, out _));
        Assert.True(resolver.TryResolve(AwsEndpoint, out Upstream? again, out _));
        Assert.Same(first, again);
        Assert.Equal(new SigningScope("eu-west-1", "aps"), first.Signer.Signer.Scope);
        Assert.False(resolver.TryResolve("evil.example", out _, out string? problem));
        Assert.Contains("'evil.example' is not an AWS endpoint", problem, StringComparison.Ordinal);
    }
}
