using System.Diagnostics;
using System.Security.Cryptography;

namespace AmpEdge.Wal;

/// <summary>The key of a log whose segments are encrypted by AES-256-GCM. Thread-safe.</summary>
/// <remarks>
/// Each segment has a key of its own, derived from this one and 32 random bytes in its header, and numbers its records; a number
/// is never used twice under one key, whatever became of the write. FORMAT.md, "Encrypted segments".
/// </remarks>
/// <param name="key">32 bytes, which are copied.</param>
public sealed class SegmentCipher(ReadOnlySpan<byte> key)
{
    /// <summary>The bytes of a key.</summary>
    public const int KeyLength = SaltedKey.KeyLength;

    private readonly SaltedKey _key = new(key, "ampedge wal segment"u8, "ampedge wal key id"u8);

    /// <summary>Tells keys apart without saying anything of them.</summary>
    internal ReadOnlySpan<byte> KeyId => _key.Id;

    internal AesGcm KeyOf(ReadOnlySpan<byte> salt)
    {
        Debug.Assert(salt.Length == SegmentFormat.SaltLength, "the salt is that of a segment's header");
        return _key.KeyOf(salt);
    }
}
