using System.Security.Cryptography;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>Reads the key of an encrypted buffer.</summary>
internal static class EncryptionKeyFile
{
    /// <exception cref="IOException">The file cannot be read or holds no key; the message says what is allowed.</exception>
    public static SegmentCipher Read(string path)
    {
        byte[] key = KeyFile.Read(path);
        try
        {
            return new SegmentCipher(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
