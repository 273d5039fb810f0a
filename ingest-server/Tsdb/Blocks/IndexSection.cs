using System.Buffers.Binary;

namespace AmpEdge.Tsdb;

// A section of the index. FORMAT.md, "index".
//
//   +----------+-------------------+---------------------+
//   | length 4 | content           | CRC32C of content 4 |
//   +----------+-------------------+---------------------+
//              Start               End

/// <summary>Where a section's content lies, its checksum verified.</summary>
internal readonly record struct IndexSection(PagedFile File, long Start, long End)
{
    /// <summary>Finds the section at an offset and checks it.</summary>
    /// <exception cref="BlockCorruptionException">It is not within the bound, or its checksum is another.</exception>
    public static IndexSection Open(PagedFile file, long offset, long bound)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        file.ReadDirectly(offset, word);
        long length = BinaryPrimitives.ReadUInt32BigEndian(word);
        long start = offset + sizeof(uint);
        if (length < sizeof(uint) || start + length + BlockFormat.ChecksumBytes > bound)
        {
            throw new BlockCorruptionException(file.Path, offset, $"a section of {length} bytes", $"one that ends before {bound}");
        }

        file.ReadDirectly(start + length, word);
        if (file.Checksum(start, length) != BinaryPrimitives.ReadUInt32BigEndian(word))
        {
            throw new BlockCorruptionException(
                file.Path, start, $"{length} bytes of another checksum", "those that the checksum was made of");
        }

        return new IndexSection(file, start, start + length);
    }

    public PagedCursor Walk(bool cached) => new(File, Start, End, cached);
}
