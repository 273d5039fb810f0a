namespace AmpEdge.SigV4;

/// <summary>Where the verifier looks up secrets; called once per request, from any thread.</summary>
public interface IVerificationKeys
{
    /// <summary>The key with that access key id, or null.</summary>
    VerificationKey? Find(ReadOnlySpan<char> accessKeyId);
}
