namespace AmpEdge.Proxy.Forwarding;

/// <summary>Why a request was not forwarded; each is a value of the label of <c>ampedge_proxy_refused_requests_total</c>.</summary>
internal enum RefusalReason
{
    /// <summary>This process has forwarded the request before.</summary>
    Loop,

    /// <summary>The caller is not one who may call.</summary>
    Caller,

    /// <summary>No route takes it.</summary>
    NoRoute,

    /// <summary>The route goes where the Host header says, which is no AWS endpoint.</summary>
    UnknownHost,

    /// <summary>The route does not allow the path.</summary>
    PathNotAllowed,

    /// <summary>A write on a read-only route, or the other way round.</summary>
    AccessDenied,

    /// <summary>A query that would cost more than the route allows.</summary>
    QueryTooLarge,

    /// <summary>More requests at once than the route takes.</summary>
    TooManyRunning,

    /// <summary>More requests a second than the route takes.</summary>
    RequestRate,

    /// <summary>More samples a second than the route takes.</summary>
    SampleRate,

    /// <summary>There is nothing to sign with.</summary>
    NoCredentials,

    /// <summary>Where it ends could be seen in more than one way, or its body broke off.</summary>
    BadFraming,

    /// <summary>Its body is larger than one may be.</summary>
    BodyTooLarge,

    /// <summary>All bodies together hold as much as they may.</summary>
    BufferFull,

    /// <summary>A write that the route's filter cannot look into.</summary>
    NotFilterable,

    /// <summary>Its body is not the one whose hash its caller sent along.</summary>
    WrongPayloadHash,
}
