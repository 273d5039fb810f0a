using AmpEdge.Hosting;
using AmpEdge.Proxy.Routing;
using AmpEdge.SigV4;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>One request on its way through the proxy; each step fills in what the next ones need.</summary>
internal sealed class ForwardRequest
{
    public ForwardRequest(HttpContext context, RequestTarget target, string listener)
    {
        Context = context;
        Listener = listener;
        Target = target;
        Path = CanonicalPath.Resolve(Target.RawPath);
    }

    public HttpContext Context { get; }

    /// <summary>Asked before an answer begins.</summary>
    public required StopNotice Stop { get; init; }

    /// <summary>The name of the listener that it came in by.</summary>
    public string Listener { get; }

    /// <summary>As the caller sent it.</summary>
    public RequestTarget Target { get; }

    /// <summary>What routes are chosen by: escapes as sent, dots and doubled slashes resolved.</summary>
    public string Path { get; }

    /// <summary>Where it goes at its upstream, escapes as sent; set by <see cref="RequestAdmission"/>.</summary>
    public string UpstreamPath { get; set; } = "";

    /// <summary>The same with escapes undone: what a server that undoes them makes of it.</summary>
    public string DecodedPath { get; set; } = "";

    /// <summary>Parameters that the proxy adds to the query; empty for none.</summary>
    public string AddedQuery { get; set; } = "";

    /// <summary>The route that took it; set by <see cref="RequestAdmission"/>.</summary>
    public ProxyRoute Route
    {
        get => field ?? throw new InvalidOperationException("the request has no route yet");
        set
        {
            field = value;
            RouteName = value.Name;
        }
    }

    /// <summary>The name of the route; empty as long as none has taken it.</summary>
    public string RouteName { get; private set; } = "";

    /// <summary>The name of the token that its caller has shown; null when none was asked for.</summary>
    public string? CallerToken { get; set; }

    /// <summary>Bytes of its body that were read.</summary>
    public long BytesIn { get; set; }

    /// <summary>Bytes of the answer's body that came from the upstream.</summary>
    public long BytesOut { get; set; }

    /// <summary>How often it was sent to the upstream.</summary>
    public int Attempts { get; set; }

    /// <summary>From the first of them to the end of the last one's answer.</summary>
    public TimeSpan UpstreamTime { get; set; }

    /// <summary>Why it was refused or failed, for the access log; null when it was answered.</summary>
    public string? Problem { get; set; }

    /// <summary>Who answers in the upstream's place; null when it is forwarded. Set by <see cref="RequestAdmission"/>.</summary>
    public IRequestHandler? Handler { get; set; }

    /// <summary>Where it goes; set by <see cref="RequestAdmission"/>.</summary>
    public Upstream Upstream
    {
        get => field ?? throw new InvalidOperationException("the request has no upstream yet");
        set;
    }

    /// <summary>Hex of its body's SHA-256, or what stands for it in its signature; set once the body was read.</summary>
    public string PayloadHash { get; set; } = SigV4.PayloadHash.Unsigned;

    /// <summary>What it is signed with; set by <see cref="RequestAdmission"/>.</summary>
    public AwsCredentials Credentials
    {
        get => field ?? throw new InvalidOperationException("the request has no credentials yet");
        set;
    }
}
