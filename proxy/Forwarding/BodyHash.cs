using System.Security.Cryptography;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>SHA-256 over a body in blocks. Its state lies outside of the collected memory, hence one for each thread.</summary>
internal sealed class BodyHash
{
    [ThreadStatic]
    private static BodyHash? t_ofThread;

    private readonly IncrementalHash _state = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private BodyHash()
    {
    }

    /// <summary>To be appended to and ended by one method, without waiting in between.</summary>
    public static BodyHash OfThread => t_ofThread ??= new BodyHash();

    public void Append(ReadOnlySpan<byte> block) => _state.AppendData(block);

    /// <summary>The hash in hex; the next one can begin.</summary>
    public string End()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _state.GetHashAndReset(digest);
        return PayloadHash.ToHex(digest);
    }
}
