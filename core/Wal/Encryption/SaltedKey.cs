using System.Security.Cryptography;

namespace AmpEdge.Wal;

/// <summary>A key from which each file derives one of its own, by HKDF-SHA256 with the random salt in its header. Thread-safe.</summary>
internal sealed class SaltedKey
{
    public const int KeyLength = 32;
    public const int IdLength = 8;
    public const int TagLength = 16;

    private readonly byte[] _key;
    private readonly byte[] _info;
    private readonly byte[] _id;

    /// <param name="key">32 bytes, which are copied.</param>
    /// <param name="info">What the keys of files are derived with.</param>
    /// <param name="idInfo">What <see cref="Id"/> is derived with.</param>
    public SaltedKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, ReadOnlySpan<byte> idInfo)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        _key = key.ToArray();
        _info = info.ToArray();
        _id = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, IdLength, info: idInfo.ToArray());
    }

    /// <summary>Tells keys apart without saying anything of them.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>The key of the file with that salt.</summary>
    public AesGcm KeyOf(ReadOnlySpan<byte> salt)
    {
        Span<byte> derived = stackalloc byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, salt, _info);
        AesGcm key = new(derived, TagLength);
        CryptographicOperations.ZeroMemory(derived);
        return key;
    }
}
