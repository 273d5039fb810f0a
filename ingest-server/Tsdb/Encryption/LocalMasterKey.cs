using System.Security.Cryptography;
using System.Text;
using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>A master key that this process has: wraps by AES-256-GCM, with the database's name authenticated beside the key.</summary>
public sealed class LocalMasterKey : IMasterKey
{
    internal const int IdLength = 8;
    internal const int SealedLength = NonceLength + KeyFile.KeyLength + TagLength;

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int TagAt = NonceLength + KeyFile.KeyLength;

    private readonly byte[] _key;
    private readonly string _id;

    /// <param name="key">32 bytes, which are copied.</param>
    public LocalMasterKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyFile.KeyLength);
        _key = key.ToArray();

        // Tells keys apart without saying anything of them.
        byte[] id = HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, IdLength, info: "ampedge master key id"u8.ToArray());
        _id = Convert.ToHexStringLower(id);
    }

    /// <summary>Reads the key from a file.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no key.</exception>
    public static LocalMasterKey Read(string path)
    {
        byte[] key = KeyFile.Read(path);
        try
        {
            return new LocalMasterKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public WrappedKey NewKey(string database, Span<byte> key)
    {
        RandomNumberGenerator.Fill(key);
        return Wrap(database, key);
    }

    public WrappedKey Wrap(string database, ReadOnlySpan<byte> key)
    {
        byte[] content = new byte[SealedLength];
        Span<byte> nonce = content.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(_key, TagLength);
        cipher.Encrypt(
            nonce, key, content.AsSpan(NonceLength, KeyFile.KeyLength), content.AsSpan(TagAt), Encoding.UTF8.GetBytes(database));
        return new WrappedKey(MasterKeyKind.Local, _id, content);
    }

    public bool TryUnwrap(string database, WrappedKey wrapped, Span<byte> key)
    {
        if (wrapped.Kind != MasterKeyKind.Local || wrapped.MasterKey != _id)
        {
            return false;
        }

        ReadOnlySpan<byte> content = wrapped.Sealed.Span;
        using AesGcm cipher = new(_key, TagLength);
        try
        {
            cipher.Decrypt(
                content[..NonceLength], content[NonceLength..TagAt], content[TagAt..], key, Encoding.UTF8.GetBytes(database));
            return true;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new WrongDatabaseKeyException(mismatch);
        }
    }
}
