using System.Buffers.Binary;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>The table of contents at the end of an index: where each section begins.</summary>
internal readonly record struct IndexContents(
    long Symbols, long Series, long LabelIndices, long LabelIndicesTable, long Postings, long PostingsTable)
{
    private const int Sections = 6;

    /// <summary>Reads the table and checks it.</summary>
    /// <exception cref="BlockCorruptionException">Its checksum is another, or sections are not where they can be.</exception>
    public static IndexContents Read(PagedFile file, long at)
    {
        Span<byte> contents = stackalloc byte[BlockFormat.TableOfContentsBytes];
        file.ReadDirectly(at, contents);
        ReadOnlySpan<byte> body = contents[..^BlockFormat.ChecksumBytes];
        if (Crc32C.Compute(body) != BinaryPrimitives.ReadUInt32BigEndian(contents[body.Length..]))
        {
            throw new BlockCorruptionException(
                file.Path, at, "a table of contents of another checksum", "the one that the checksum was made of");
        }

        Span<long> offsets = stackalloc long[Sections];
        for (int section = 0; section < Sections; section++)
        {
            ulong offset = BinaryPrimitives.ReadUInt64BigEndian(body[(section * sizeof(ulong))..]);
            if (offset > (ulong)at)
            {
                throw new BlockCorruptionException(file.Path, at, $"a section at {offset}", $"one before {at}");
            }

            offsets[section] = (long)offset;
        }

        IndexContents read = new(offsets[0], offsets[1], offsets[2], offsets[3], offsets[4], offsets[5]);
        return read.Symbols <= read.Series && read.Series <= read.LabelIndices && read.Postings <= read.PostingsTable
            ? read
            : throw new BlockCorruptionException(file.Path, at, "sections in another order", "symbols, series, lists, tables");
    }
}
