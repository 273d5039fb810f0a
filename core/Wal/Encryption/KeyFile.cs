using System.Security.Cryptography;
using System.Text;

namespace AmpEdge.Wal;

/// <summary>Reads a key from a file: 32 bytes as they are, or as text in hexadecimal or base64.</summary>
public static class KeyFile
{
    public const int KeyLength = 32;

    private const int MaxLength = 256;
    private const string Allowed = "32 bytes as they are, 64 hexadecimal digits, or 44 characters of base64";

    /// <summary>The key; whoever is done with it clears it.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no key; the message says what is allowed.</exception>
    public static byte[] Read(string path)
    {
        byte[] content = ReadAll(path);
        byte[] key = new byte[KeyLength];
        try
        {
            return TryDecode(content, key)
                ? key
                : throw new IOException($"{path} holds no key: got {content.Length} bytes, allowed: {Allowed}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static byte[] ReadAll(string path)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length > MaxLength)
        {
            throw new IOException($"{path} holds no key: got {file.Length} bytes, allowed: {Allowed}");
        }

        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private static bool TryDecode(ReadOnlySpan<byte> content, Span<byte> key)
    {
        if (content.Length == key.Length)
        {
            content.CopyTo(key);
            return true;
        }

        string text = Encoding.Latin1.GetString(content).Trim();
        return text.Length == key.Length * 2
            ? Convert.FromHexString(text, key, out _, out int decoded) == System.Buffers.OperationStatus.Done && decoded == key.Length
            : Convert.TryFromBase64String(text, key, out int written) && written == key.Length;
    }
}
