using AmpEdge.SigV4;

namespace AmpEdge.Agent.Tests.Discovery;

/// <summary>Credentials that change when they are told to be forgotten.</summary>
internal sealed class ScriptedCredentials(params AwsCredentials[] inTurn) : ICredentialProvider
{
    private int _current;

    public int Forgotten => _current;

    public Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel) => inTurn.Length == 0
        ? Task.FromException<ResolvedCredentials>(new InvalidOperationException("no link of the chain has any"))
        : Task.FromResult(new ResolvedCredentials(inTurn[Math.Min(_current, inTurn.Length - 1)], null, "scripted"));

    public void Forget() => _current++;
}
