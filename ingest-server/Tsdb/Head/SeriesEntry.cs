namespace AmpEdge.Tsdb;

/// <summary>
/// One series of the head: 96 bytes in a slab. All fields but <see cref="Aliases"/> and <see cref="Key"/> are written
/// by commits, in the stage of its shard unless they say otherwise; queries read them through <see cref="SeriesView.Capture"/>.
/// </summary>
internal struct SeriesEntry
{
    /// <summary>What one takes.</summary>
    public const int Bytes = 96;

    /// <summary>
    /// The open chunk's writing end; its time and value are also the series' last ones in order of time. Of an open chunk
    /// of histograms only time and count of samples mean something.
    /// </summary>
    public XorState Open;

    /// <summary>The time of the open chunk's first sample, ms.</summary>
    public long OpenMinTimeMs;

    /// <summary>The last commit that appended here.</summary>
    public long LastSequence;

    /// <summary>Odd while a writer is inside, so that a reader can tell that it saw a mixture.</summary>
    public uint Version;

    /// <summary>Samples appended since the series was made; dropped ones count.</summary>
    public uint Appended;

    /// <summary>What <see cref="Appended"/> was before commit <see cref="LastSequence"/>.</summary>
    public uint AppendedBefore;

    /// <summary>How long after its first sample the open chunk's range ends, ms.</summary>
    public uint OpenSpanMs;

    /// <summary>The bytes of the open chunk; none before the first sample.</summary>
    public BlockRef OpenBlock;

    /// <summary>The oldest closed chunk; 0 without one.</summary>
    public uint FirstChunk;

    /// <summary>The newest closed chunk; 0 without one.</summary>
    public uint LastChunk;

    /// <summary>The number that posting lists use: never reused. 0 before the first sample.</summary>
    public uint Id;

    /// <summary>The key that holds the labels in canonical form.</summary>
    public uint Key;

    /// <summary>
    /// What the log wrote down when it last described this series, 0 for never: tells whether the segment being written
    /// describes it, and under which number (<see cref="HeadLog"/>). Written in the stage of the log.
    /// </summary>
    public uint LoggedNumber;

    /// <summary>The series' <see cref="SideEntry"/>; 0 while it has only floats in order.</summary>
    public uint Side;

    public SeriesState State;

    /// <summary>The form of the open chunk, and so what the newest sample is; kept when that chunk is dropped.</summary>
    public ChunkForm LastForm;

    /// <summary>Other raw forms of the same labels that the key table knows.</summary>
    public byte Aliases;
}
