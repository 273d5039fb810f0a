namespace AmpEdge.Proxy.Config;

/// <summary>What the requests of a route may do.</summary>
internal enum RouteAccess
{
    ReadWrite,

    /// <summary>GET, HEAD, and POST to the query APIs.</summary>
    ReadOnly,

    /// <summary>POST to the write APIs.</summary>
    WriteOnly,
}
