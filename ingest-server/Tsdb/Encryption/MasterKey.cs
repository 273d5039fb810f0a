using System.Security.Cryptography;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>A key that wraps the keys of databases and nothing else, so that it can be changed without writing data anew. Thread-safe.</summary>
public sealed class MasterKey
{
    internal const int IdLength = 8;
    internal const int NonceLength = 12;
    internal const int TagLength = 16;

    private readonly byte[] _key;
    private readonly byte[] _id;

    /// <param name="key">32 bytes, which are copied.</param>
    public MasterKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyFile.KeyLength);
        _key = key.ToArray();
        _id = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, IdLength, info: "ampedge master key id"u8.ToArray());
    }

    /// <summary>Tells keys apart without saying anything of them.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>Reads the key from a file.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no key.</exception>
    public static MasterKey Read(string path)
    {
        byte[] key = KeyFile.Read(path);
        try
        {
            return new MasterKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    internal void Wrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, Span<byte> wrapped, Span<byte> tag, ReadOnlySpan<byte> name)
    {
        using AesGcm cipher = new(_key, TagLength);
        cipher.Encrypt(nonce, key, wrapped, tag, name);
    }

    /// <exception cref="AuthenticationTagMismatchException">It was not wrapped by this key under this name.</exception>
    internal void Unwrap(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> tag, Span<byte> key, ReadOnlySpan<byte> name)
    {
        using AesGcm cipher = new(_key, TagLength);
        cipher.Decrypt(nonce, wrapped, tag, key, name);
    }
}
