using System.Globalization;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.Proxy.Routing;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Credentials;

/// <summary>Tells of one route after the other: region, service, credentials, and how a signed query is answered.</summary>
internal sealed class Whoami
{
    private const string Query = "/api/v1/query";

    // The SDK's chain may wait half a minute for an instance metadata service that is not there.
    private static readonly TimeSpan s_lookUpTimeout = TimeSpan.FromSeconds(90);

    private readonly TextWriter _output;
    private readonly IReadOnlyList<Uri> _tests;
    private readonly bool _askSts;
    private readonly TimeProvider _time;

    /// <param name="output">Where to print.</param>
    /// <param name="tests">What to ask with a signature; none: a query of each route.</param>
    /// <param name="askSts">Whether STS is asked for account and ARN.</param>
    /// <param name="time">The clock of signatures and waits.</param>
    public Whoami(TextWriter output, IReadOnlyList<Uri> tests, bool askSts, TimeProvider time)
    {
        _output = output;
        _tests = tests;
        _askSts = askSts;
        _time = time;
    }

    /// <summary>True when the route has credentials and every test was answered as it should be.</summary>
    public async Task<bool> TellAsync(RouteConfig route)
    {
        _output.WriteLine($"route {route.Name}");
        Line("upstream", route.Upstream.Host is { } host ? $"{route.Upstream.Scheme}://{host}" : "the AWS endpoint of each request's Host header");
        FoundRegion? region = RegionOf(route);
        Line("region", region is null ? "none: give --region (sigv4.region) or set AWS_REGION" : $"{region.Name} (from {region.Origin})");
        Line("service", ServiceOf(route));
        using SdkCredentialProvider provider = new(route.Signing.Credentials, _time);
        ResolvedCredentials? found = await FindAsync(provider, route.Signing.Credentials);
        if (found is null)
        {
            return false;
        }

        TellCredentials(found, route.Signing.Credentials);
        if (_askSts)
        {
            Line("identity", await CallerIdentity.AskAsync(found.Credentials, route.Signing.Credentials));
        }

        return region is null
            ? _tests.Count == 0 && route.Upstream.Host is null
            : await TestAllAsync(route, new SigningScope(region.Name, ServiceOf(route)), found.Credentials);
    }

    private async Task<ResolvedCredentials?> FindAsync(SdkCredentialProvider provider, CredentialSettings settings)
    {
        try
        {
            // Parts of the chain block while they wait.
            return await Task.Run(() => provider.ResolveAsync(CancellationToken.None)).WaitAsync(s_lookUpTimeout, _time);
        }
#pragma warning disable CA1031 // Providers run foreign processes, HTTP and file parsers; whatever they say is the answer.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            TellRoles(settings);
            Line("credentials", "none: " + string.Join(
                ' ', problem.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
            return null;
        }
    }

    private void TellCredentials(ResolvedCredentials found, CredentialSettings settings)
    {
        Line("provider", found.Provider);
        TellRoles(settings);
        Line("access key", found.Credentials.AccessKeyId + (found.Credentials.SessionToken is null ? "" : " with a session token"));
        Line("expires", found.ExpiresAt is { } end
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{end:yyyy-MM-dd'T'HH:mm:ss'Z'}, in {Math.Max(0, (end - _time.GetUtcNow()).TotalMinutes):0} minutes")
            : "never");
    }

    private void TellRoles(CredentialSettings settings)
    {
        foreach (RoleHop role in settings.Roles)
        {
            string external = role.ExternalId is null ? "" : ", with an external id";
            Line("role", $"{role.RoleArn}, session {role.SessionName ?? settings.RoleSessionName}{external}");
        }
    }

    private async Task<bool> TestAllAsync(RouteConfig route, SigningScope scope, AwsCredentials credentials)
    {
        using UpstreamConnections connections = new(ConnectionConfig.Of(route));
        bool good = true;
        foreach (Uri url in _tests.Count > 0 ? _tests : OwnTests(route))
        {
            SigningScope own = AwsHost.TryParse(url.Authority, out SigningScope named) && route.Upstream.Host is null ? named : scope;
            SignTest test = new(connections.Client, new SigV4Signer(own), credentials, _time);
            SignTestAnswer answer = await test.AskAsync(url, route.Upstream.SignHost);
            Line("sign test", $"GET {url.OriginalString}: {answer.Text}");
            if (answer.Advice.Length > 0)
            {
                Line("", answer.Advice);
            }

            good &= answer.IsGood;
        }

        return good;
    }

    /// <summary>A query of the route's workspace, as its callers' would arrive at the upstream.</summary>
    private static Uri[] OwnTests(RouteConfig route) => route.Upstream.Host is { } host
        ? [new Uri($"{route.Upstream.Scheme}://{host}{new PathRewriter(route).Rewrite(Query)}?query=1")]
        : [];

    private static FoundRegion? RegionOf(RouteConfig route) =>
        route.Signing.Region is { } given ? new FoundRegion(given, "the configuration")
        : NamedBy(route) is { } named ? new FoundRegion(named.Region, "the host's name")
        : AwsRegion.Locate(route.Signing.Credentials.Profile);

    private static string ServiceOf(RouteConfig route) =>
        route.Signing.Service ?? NamedBy(route)?.Service ?? UpstreamResolver.DefaultService;

    private static SigningScope? NamedBy(RouteConfig route) =>
        (route.Upstream.SignHost ?? route.Upstream.Host) is { } host && AwsHost.TryParse(host, out SigningScope scope)
            ? scope
            : null;

    private void Line(string name, string value) => _output.WriteLine($"  {name,-12}{value}");
}
