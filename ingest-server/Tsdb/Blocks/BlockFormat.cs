namespace AmpEdge.Tsdb;

/// <summary>The names, magic numbers and sizes of a block's files (FORMAT.md, "Blocks"); all are Prometheus's.</summary>
internal static class BlockFormat
{
    public const string IndexFile = "index";
    public const string ChunksFolder = "chunks";
    public const string TombstonesFile = "tombstones";

    /// <summary>Behind the ULID in the name of a folder whose block is being written.</summary>
    public const string TemporarySuffix = ".tmp-for-creation";

    public const uint IndexMagic = 0xBAAAD700;
    public const byte IndexVersion = 2;
    public const int IndexHeaderBytes = 5;

    /// <summary>Six offsets and a checksum.</summary>
    public const int TableOfContentsBytes = (6 * sizeof(ulong)) + ChecksumBytes;

    /// <summary>Series begin at multiples of this, and references to them count in it.</summary>
    public const int SeriesAlignment = 16;

    /// <summary>Label indices and postings begin at multiples of this.</summary>
    public const int ListAlignment = 4;

    public const uint ChunksMagic = 0x85BD40DD;
    public const byte ChunksVersion = 1;
    public const int ChunksHeaderBytes = 8;
    public const long MaxSegmentBytes = 512L * 1024 * 1024;

    public const uint TombstonesMagic = 0x0130BA30;
    public const byte TombstonesVersion = 1;
    public const int TombstonesHeaderBytes = 5;

    public const int ChecksumBytes = sizeof(uint);

    /// <summary>Of the symbols and of the values of a label, each so many-th one is held in memory.</summary>
    public const int SampleEvery = 32;

    /// <summary>The name of a segment file; the first has number 1.</summary>
    public static string SegmentName(int number) =>
        number.ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
}
