using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

// FORMAT.md. Integers are little-endian.
//
//   segment                                    record
//   0         8                                0        1          5            9             13
//   +---------+--------+--------+-- - -        +--------+----------+------------+-------------+-- - - --+
//   | magic 8 | record | record |              | type 1 | length 4 | CRC32C 4   | CRC32C 4    | payload |
//   +---------+--------+--------+-- - -        |        |          | type+length| payload     |         |
//                                              +--------+----------+------------+-------------+-- - - --+

/// <summary>The layout of segments and of the records in them.</summary>
internal static class SegmentFormat
{
    public const int MagicLength = 8;

    /// <summary>What stands in an encrypted segment behind the magic bytes: which key it was, and the salt of its own.</summary>
    public const int KeyIdLength = 8;
    public const int SaltLength = 32;
    public const int EncryptedHeaderLength = MagicLength + KeyIdLength + SaltLength;

    /// <summary>What encryption adds to a payload: its number in front and the tag behind.</summary>
    public const int TagLength = 16;
    public const int SealLength = sizeof(ulong) + TagLength;

    public const int RecordHeaderLength = 13;

    private const int LengthOffset = 1;
    private const int HeaderChecksumOffset = 5;
    private const int PayloadChecksumOffset = 9;

    /// <summary>The last byte is the version of the format.</summary>
    public static ReadOnlySpan<byte> Magic => "AMPEWAL\x01"u8;

    /// <summary>The version whose payloads are encrypted.</summary>
    public static ReadOnlySpan<byte> EncryptedMagic => "AMPEWAL\x02"u8;

    /// <summary>Fills the header in front of a payload that already stands behind it.</summary>
    public static void WriteHeader(Span<byte> header, byte type, ReadOnlySpan<byte> payload)
    {
        header[0] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(header[LengthOffset..], (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[HeaderChecksumOffset..], Crc32C.Compute(header[..HeaderChecksumOffset]));
        BinaryPrimitives.WriteUInt32LittleEndian(header[PayloadChecksumOffset..], Crc32C.Compute(payload));
    }

    /// <summary>
    /// False when the bytes cannot be a record's header. Its own checksum lets a reader trust the length before it has
    /// the payload, and find the next record behind damage. Type 0 does not exist, so that zeros are never a record.
    /// </summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out byte type, out int length, out uint payloadChecksum)
    {
        type = header[0];
        uint claimed = BinaryPrimitives.ReadUInt32LittleEndian(header[LengthOffset..]);
        length = (int)Math.Min(claimed, int.MaxValue);
        payloadChecksum = BinaryPrimitives.ReadUInt32LittleEndian(header[PayloadChecksumOffset..]);
        return type != 0 && claimed <= WalBatch.MaxPayloadLength
            && BinaryPrimitives.ReadUInt32LittleEndian(header[HeaderChecksumOffset..])
                == Crc32C.Compute(header[..HeaderChecksumOffset]);
    }
}
