using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Credentials;

/// <summary>What the requests of a route are signed with.</summary>
/// <param name="ask">The credentials of this moment.</param>
/// <param name="replace">Others than those that were refused, as <see cref="CredentialSource.ReplaceAsync"/> finds them.</param>
internal sealed class RouteCredentials(
    Func<CredentialAnswer> ask, Func<AwsCredentials, CancellationToken, ValueTask<AwsCredentials?>> replace)
{
    /// <summary>The credentials of this moment, or why there are none. Never waits.</summary>
    public CredentialAnswer Ask() => ask();

    /// <summary>Others than those that an upstream refused, or null; may wait for the source.</summary>
    public ValueTask<AwsCredentials?> ReplaceAsync(AwsCredentials refused, CancellationToken cancel) => replace(refused, cancel);
}
