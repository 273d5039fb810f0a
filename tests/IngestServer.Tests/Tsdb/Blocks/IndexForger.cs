using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

/// <summary>Makes the checksums of an index right again after its bytes were changed, as far as its lengths still say where they are.</summary>
internal static class IndexForger
{
    private const int ContentsBytes = 52;

    public static void Reseal(byte[] index)
    {
        Span<byte> contents = index.AsSpan(index.Length - ContentsBytes);
        long series = (long)BinaryPrimitives.ReadUInt64BigEndian(contents[8..]);
        long end = (long)BinaryPrimitives.ReadUInt64BigEndian(contents[16..]);
        foreach (int section in (ReadOnlySpan<int>)[0, 3, 5])
        {
            ResealSection(index, (long)BinaryPrimitives.ReadUInt64BigEndian(contents[(section * 8)..]));
        }

        for (long at = series; at >= 0 && at < end && end <= index.Length; at = (at + 15) / 16 * 16)
        {
            if (!Uvarint.TryRead(index.AsSpan((int)at), out ulong length, out int header) || length > (ulong)(index.Length - at - header - 4))
            {
                break;
            }

            Seal(index.AsSpan((int)at + header), (int)length);
            at += header + (long)length + 4;
        }

        for (long at = (end + 3) / 4 * 4; at >= 0 && at < index.Length - ContentsBytes; at = (at + 3) / 4 * 4)
        {
            at = ResealSection(index, at);
        }

        Seal(contents, ContentsBytes - 4);
    }

    private static long ResealSection(byte[] index, long offset)
    {
        if (offset < 0 || offset > index.Length - 8)
        {
            return long.MaxValue - 8;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(index.AsSpan((int)offset));
        if (length > index.Length - offset - 8)
        {
            return long.MaxValue - 8;
        }

        Seal(index.AsSpan((int)offset + 4), (int)length);
        return offset + 8 + length;
    }

    private static void Seal(Span<byte> content, int length) =>
        BinaryPrimitives.WriteUInt32BigEndian(content[length..], Crc32C.Compute(content[..length]));
}
