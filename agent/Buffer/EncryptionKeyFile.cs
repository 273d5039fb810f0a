using System.Security.Cryptography;
using System.Text;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>Reads the key of an encrypted buffer: 32 bytes as they are, or as text in hexadecimal or base64.</summary>
internal static class EncryptionKeyFile
{
    private const int MaxLength = 256;
    private const string Allowed = "32 bytes as they are, 64 hexadecimal digits, or 44 characters of base64";

    /// <exception cref="IOException">The file cannot be read or holds no key; the message says what is allowed.</exception>
    public static SegmentCipher Read(string path)
    {
        byte[] content = ReadAll(path);
        byte[] key = new byte[SegmentCipher.KeyLength];
        try
        {
            if (!TryDecode(content, key))
            {
                throw new IOException($"{path} holds no key: got {content.Length} bytes, allowed: {Allowed}");
            }

            return new SegmentCipher(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            CryptographicOperations.ZeroMemory(key);
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
