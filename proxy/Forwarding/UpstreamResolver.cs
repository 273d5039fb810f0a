using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Chooses upstream, region and service: with <c>--host</c> once for all requests, without it from each request's Host
/// header, which must then name an AWS endpoint.
/// </summary>
internal sealed class UpstreamResolver
{
    private const string DefaultService = "aps";

    // More AWS endpoints than one caller ever uses; beyond that their signers are not kept.
    private const int MaxKnownHosts = 256;

    private readonly ConcurrentDictionary<string, Upstream> _byHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly ProxyOptions _options;
    private readonly TimeProvider _time;
    private readonly Upstream? _fixed;

    /// <param name="options">Host, sign host, region, service and scheme.</param>
    /// <param name="findRegion">Asked once, if neither flag nor host tells the region; may take seconds.</param>
    /// <param name="time">The clock of signatures.</param>
    /// <exception cref="StartFailedException">There is no region to sign for.</exception>
    public UpstreamResolver(ProxyOptions options, Func<string?> findRegion, TimeProvider time)
    {
        _options = options;
        _time = time;
        if (options.Host is { } host)
        {
            string signed = options.SignHost ?? host;
            SigningScope? named = AwsHost.TryParse(signed, out SigningScope scope) ? scope : null;
            string region = options.Region ?? named?.Region ?? findRegion() ?? throw new StartFailedException(
                $"no region to sign for: '{signed}' names none; give --region or set AWS_REGION");
            _fixed = Create(host, new SigningScope(region, options.Service ?? named?.Service ?? DefaultService));
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
            requestHost, new SigningScope(_options.Region ?? named.Region, _options.Service ?? named.Service));
        if (_byHost.Count < MaxKnownHosts)
        {
            _byHost.TryAdd(requestHost, upstream);
        }

        return true;
    }

    private Upstream Create(string host, SigningScope scope) => new(
        $"{_options.Scheme}://{host}",
        _options.SignHost,
        new HttpRequestSigner(new SigV4Signer(scope), _time));

    private static string Shown(string host) => host.Length <= 200 ? host : host[..200] + "…";
}
