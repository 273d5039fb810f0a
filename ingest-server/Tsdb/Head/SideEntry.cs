namespace AmpEdge.Tsdb;

/// <summary>
/// What only few series have: an open chunk of native histograms, and samples that came out of order. A slab beside that
/// of the series; guarded by the version of its series.
/// </summary>
internal struct SideEntry
{
    /// <summary>What one takes.</summary>
    public const int Bytes = 88;

    /// <summary>The newest time among the out-of-order samples, and the oldest one, ms.</summary>
    public long LateMaxTimeMs;
    public long LateMinTimeMs;

    /// <summary>Times in the open out-of-order chunk: the last one written, the earliest and the latest.</summary>
    public long LateLastTimeMs;
    public long LateOpenMinTimeMs;
    public long LateOpenMaxTimeMs;

    /// <summary>The last commit that brought an out-of-order sample.</summary>
    public long LateSequence;

    /// <summary>Out-of-order samples ever appended, dropped ones included, and how many before that commit.</summary>
    public uint LateAppended;
    public uint LateAppendedBefore;

    /// <summary>The open out-of-order chunk, a sample log in the order of commits; none before the first.</summary>
    public BlockRef LateBlock;

    /// <summary>Its bytes in use and its samples.</summary>
    public int LateBytes;
    public int LateSamples;

    /// <summary>The closed out-of-order chunks, oldest first; 0 without one.</summary>
    public uint LateFirst;
    public uint LateLast;

    /// <summary>Bytes in use of an open chunk of histograms, and where the body of its last sample begins.</summary>
    public int OpenBytes;
    public int OpenLastBody;
}
