using System.Collections.Frozen;

namespace AmpEdge.SigV4;

/// <summary>
/// Which headers a signature covers: all that are sent, but for those that belong to one connection or that anything
/// on the way may add or rewrite, because a signature over such a header breaks as soon as that happens.
/// </summary>
public static class SignedHeaderChoice
{
    private static readonly FrozenSet<string> s_neverSigned = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "accept-encoding",
        "authorization",
        "baggage",
        "connection",
        "expect",
        "forwarded",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "uber-trace-id",
        "upgrade",
        "user-agent",
        "via",
        "x-amzn-trace-id",
        "x-cloud-trace-context",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-real-ip",
        "x-request-id");

    /// <summary>True when a header of that name (any case) is covered by our signatures.</summary>
    public static bool IsSigned(string name) =>
        !s_neverSigned.Contains(name) && !name.StartsWith("x-b3-", StringComparison.OrdinalIgnoreCase);
}
