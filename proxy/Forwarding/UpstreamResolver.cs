using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Chooses upstream, region and service of a route: when it names a host once for all requests, else from each request's Host
/// header, which must then name an AWS endpoint.
/// </summary>
internal sealed class UpstreamResolver
{
    /// <summary>What is signed for when neither route nor host tells.</summary>
    public const string DefaultService = "aps";

    // More AWS endpoints than one caller ever uses; beyond that their signers are not kept.
    private const int MaxKnownHosts = 256;

    private readonly ConcurrentDictionary<string, Upstream> _byHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly RouteConfig _route;
    private readonly SigningClocks _clocks;
    private readonly Upstream? _fixed;

    /// <param name="route">Host, sign host, region, service and scheme.</param>
    /// <param name="findRegion">Asked once, if neither route nor host tells the region; may take seconds.</param>
    /// <param name="clocks">What signatures are dated by.</param>
    /// <exception cref="StartFailedException">There is no region to sign for.</exception>
    public UpstreamResolver(RouteConfig route, Func<string?> findRegion, SigningClocks clocks)
    {
        _route = route;
        _clocks = clocks;
        if (route.Upstream.Host is { } host)
        {
            string signed = route.Upstream.SignHost ?? host;
            SigningScope? named = AwsHost.TryParse(signed, out SigningScope scope) ? scope : null;
            string region = route.Signing.Region ?? named?.Region ?? findRegion() ?? throw new StartFailedException(
                $"no region to sign for: route '{route.Name}' goes to '{signed}', which names none; give --region (in a file: "
                + "sigv4.region of the route) or set AWS_REGION");
            _fixed = Create(host, new SigningScope(region, route.Signing.Service ?? named?.Service ?? DefaultService));
        }
    }

    /// <summary>The one upstream and its scope, for the start line; null when the Host header decides.</summary>
    public Upstream? Fixed => _fixed;

    /// <summary>The upstream of a request, or what is wrong with its Host header.</summary>
    public bool TryResolve(
        string requestHost, [NotNullWhen(true)] out Upstream? upstream, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        upstream = _fixed;
        if (upstream is not null || _byHost.TryGetValue(requestHost, out upstream))
        {
            return true;
        }

        if (!AwsHost.TryParse(requestHost, out SigningScope named))
        {
            problem = $"unable to determine service from host: '{Shown(requestHost)}' is not an AWS endpoint such as "
                + "aps-workspaces.us-east-1.amazonaws.com; set the Host header, or start the proxy with --host";
            return false;
        }

        upstream = Create(
            requestHost, new SigningScope(_route.Signing.Region ?? named.Region, _route.Signing.Service ?? named.Service));
        if (_byHost.Count < MaxKnownHosts)
        {
            _byHost.TryAdd(requestHost, upstream);
        }

        return true;
    }

    private Upstream Create(string host, SigningScope scope)
    {
        string origin = $"{_route.Upstream.Scheme}://{host}";
        SigningClock clock = _clocks.Of(origin);
        return new Upstream(
            _route.Upstream.Scheme, host, _route.Upstream.SignHost, new HttpRequestSigner(new SigV4Signer(scope), clock), clock);
    }

    private static string Shown(string host) => host.Length <= 200 ? host : host[..200] + "…";
}
