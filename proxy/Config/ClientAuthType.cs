namespace AmpEdge.Proxy.Config;

/// <summary>What a listener wants of its callers' certificates; words as Go and Prometheus have them.</summary>
internal enum ClientAuthType
{
    /// <summary>None is asked for.</summary>
    NoClientCert,

    /// <summary>A caller may have none; one that it has must be valid.</summary>
    VerifyClientCertIfGiven,

    /// <summary>Without a valid one there is no connection.</summary>
    RequireAndVerifyClientCert,
}
