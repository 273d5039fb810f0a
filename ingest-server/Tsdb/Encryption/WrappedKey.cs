using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// The content of the file "key" (FORMAT.md, "Encryption"), by the kind of the master key:
//
//   Local     | "AMPEKEY" 0x01  8 | master key id 8 | nonce 12, wrapped key 32, tag 16 | CRC32C  4 |
//   Service   | "AMPEKEY" 0x02  8 | length 2 | name of the master key | length 2 | ciphertext | CRC32C  4 |

/// <summary>A database's key, wrapped by a master key.</summary>
/// <param name="Kind">What kind of master key it is.</param>
/// <param name="MasterKey">Which one: the identification of a local one in hexadecimal, or the name that the service has for it.</param>
/// <param name="Sealed">What that master key made of the key.</param>
public sealed record WrappedKey(MasterKeyKind Kind, string MasterKey, ReadOnlyMemory<byte> Sealed)
{
    /// <summary>No service has names and ciphertexts that are longer together.</summary>
    internal const int MaxLength = 16 * 1024;

    private const int ChecksumLength = sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "AMPEKEY"u8;

    /// <summary>False for what is no wrapped key or was changed.</summary>
    internal static bool TryParse(byte[] content, [NotNullWhen(true)] out WrappedKey? wrapped)
    {
        wrapped = null;
        int end = content.Length - ChecksumLength;
        if (end <= Magic.Length || !content.AsSpan().StartsWith(Magic)
            || Crc32C.Append(0, content.AsSpan(0, end)) != BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(end)))
        {
            return false;
        }

        ReadOnlyMemory<byte> rest = content.AsMemory(Magic.Length + 1, end - Magic.Length - 1);
        wrapped = (MasterKeyKind)content[Magic.Length] switch
        {
            MasterKeyKind.Local when rest.Length == LocalMasterKey.IdLength + LocalMasterKey.SealedLength => new WrappedKey(
                MasterKeyKind.Local, Convert.ToHexStringLower(rest.Span[..LocalMasterKey.IdLength]), rest[LocalMasterKey.IdLength..]),
            MasterKeyKind.Service when TryTake(ref rest, out ReadOnlyMemory<byte> name)
                && TryTake(ref rest, out ReadOnlyMemory<byte> ciphertext) && rest.IsEmpty => new WrappedKey(
                MasterKeyKind.Service, Encoding.UTF8.GetString(name.Span), ciphertext),
            _ => null,
        };
        return wrapped is not null;
    }

    /// <summary>As it lies in the file.</summary>
    internal byte[] ToBytes()
    {
        ByteBuffer content = new();
        content.Append(Magic);
        content.Append((byte)Kind);
        if (Kind == MasterKeyKind.Local)
        {
            content.Append(Convert.FromHexString(MasterKey));
            content.Append(Sealed.Span);
        }
        else
        {
            AppendWithLength(content, Encoding.UTF8.GetBytes(MasterKey));
            AppendWithLength(content, Sealed.Span);
        }

        Span<byte> checksum = stackalloc byte[ChecksumLength];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, Crc32C.Append(0, content.Written));
        content.Append(checksum);
        return content.Written.ToArray();
    }

    private static void AppendWithLength(ByteBuffer content, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)bytes.Length));
        content.Append(length);
        content.Append(bytes);
    }

    private static bool TryTake(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest.Span, out ushort length) || rest.Length - sizeof(ushort) < length)
        {
            return false;
        }

        taken = rest.Slice(sizeof(ushort), length);
        rest = rest[(sizeof(ushort) + length)..];
        return true;
    }
}
