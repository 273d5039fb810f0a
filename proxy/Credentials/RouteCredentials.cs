namespace AmpEdge.Proxy.Credentials;

/// <summary>What the requests of a route are signed with.</summary>
internal sealed class RouteCredentials(Func<CredentialAnswer> ask)
{
    /// <summary>The credentials of this moment, or why there are none. Never waits.</summary>
    public CredentialAnswer Ask() => ask();
}
