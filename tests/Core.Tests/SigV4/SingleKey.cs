using AmpEdge.SigV4;

namespace AmpEdge.Core.Tests.SigV4;

/// <summary>A key store with one key.</summary>
internal sealed class SingleKey(VerificationKey key) : IVerificationKeys
{
    public VerificationKey? Find(ReadOnlySpan<char> accessKeyId) =>
        accessKeyId.SequenceEqual(key.Credentials.AccessKeyId) ? key : null;
}
