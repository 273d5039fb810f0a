using AmpEdge.SigV4;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>A credential chain that finds nothing until the test says so.</summary>
internal sealed class LateCredentials : ICredentialProvider
{
    public AwsCredentials? Credentials { get; set; }

    public Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel) =>
        Credentials is { } credentials
            ? Task.FromResult(new ResolvedCredentials(credentials, null, "test"))
            : Task.FromException<ResolvedCredentials>(new InvalidOperationException("nothing found"));

    public void Forget() => Credentials = null;
}
