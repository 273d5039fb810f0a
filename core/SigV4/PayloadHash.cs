using System.Security.Cryptography;

namespace AmpEdge.SigV4;

/// <summary>The body's part of a signature: lower-case hex of its SHA-256.</summary>
public static class PayloadHash
{
    /// <summary>Characters of the hex form.</summary>
    public const int Length = 64;

    /// <summary>The hash of no body.</summary>
    public const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>Stands for the hash when the body is not covered by the signature; AMP refuses it.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>Hashes a body; an empty one costs nothing.</summary>
    public static string Of(ReadOnlySpan<byte> body) =>
        body.IsEmpty ? Empty : ToHex(SHA256.HashData(body));

    /// <summary>The hex form of a hash of 32 bytes that was computed elsewhere.</summary>
    public static string ToHex(ReadOnlySpan<byte> sha256) => Convert.ToHexStringLower(sha256);
}
