using System.Diagnostics;
using System.Security.Cryptography;
using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

/// <summary>The key of a log whose segments are encrypted by AES-256-GCM. Thread-safe.</summary>
/// <remarks>
/// Each segment has a key of its own, derived from this one and 32 random bytes in its header, and numbers its records; a number
/// is never used twice under one key, whatever became of the write. FORMAT.md, "Encrypted segments".
/// </remarks>
public sealed class SegmentCipher
{
    /// <summary>The bytes of a key.</summary>
    public const int KeyLength = 32;

    private readonly byte[] _key;
    private readonly byte[] _keyId;

    /// <param name="key">32 bytes, which are copied.</param>
    public SegmentCipher(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _key = key.ToArray();
        _keyId = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, SegmentFormat.KeyIdLength, info: "ampedge wal key id"u8.ToArray());
    }

    /// <summary>Tells keys apart without saying anything of them.</summary>
    internal ReadOnlySpan<byte> KeyId => _keyId;

    internal AesGcm KeyOf(ReadOnlySpan<byte> salt)
    {
        Debug.Assert(salt.Length == SegmentFormat.SaltLength, "the salt is that of a segment's header");
        Span<byte> segmentKey = stackalloc byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, segmentKey, salt, "ampedge wal segment"u8);
        AesGcm key = new(segmentKey, SegmentFormat.TagLength);
        CryptographicOperations.ZeroMemory(segmentKey);
        return key;
    }
}
