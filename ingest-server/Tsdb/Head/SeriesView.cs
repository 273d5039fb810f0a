namespace AmpEdge.Tsdb;

/// <summary>One series as a query sees it: a consistent copy of the fields that say where its samples lie.</summary>
internal readonly struct SeriesView
{
    /// <summary>Set in the series number under which older counts of out-of-order samples are remembered.</summary>
    public const uint LateVersions = 0x8000_0000;

    public uint FirstChunk { get; private init; }

    public uint LastChunk { get; private init; }

    public BlockRef OpenBlock { get; private init; }

    public ChunkForm OpenForm { get; private init; }

    public int OpenSamples { get; private init; }

    public int OpenBytes { get; private init; }

    public long OpenMinTimeMs { get; private init; }

    /// <summary>The series' last time; also the end of the open chunk.</summary>
    public long MaxTimeMs { get; private init; }

    /// <summary>How many samples at the end belong to commits after the query's snapshot.</summary>
    public uint Hidden { get; private init; }

    /// <summary>The series' side entry as it was; the default for a series without one.</summary>
    public SideEntry Side { get; private init; }

    /// <summary><see cref="Hidden"/> of the out-of-order samples.</summary>
    public uint LateHidden { get; private init; }

    public bool HasLate => Side.LateFirst != 0 || !Side.LateBlock.IsNone;

    /// <summary>
    /// Copies the fields while a writer may be at work: a copy during which the version changed is thrown away. A
    /// writer holds a series for well under a microsecond.
    /// </summary>
    public static SeriesView Capture(
        ref SeriesEntry entry, uint series, long visibleSequence, VersionLog versions, SeriesChunks chunks)
    {
        SpinWait spin = default;
        while (true)
        {
            uint version = Volatile.Read(ref entry.Version);
            if ((version & 1) == 0)
            {
                uint visible = VisibleSamples(ref entry, series, visibleSequence, versions);
                uint sideNumber = entry.Side;
                SideEntry side = sideNumber == 0 ? default : chunks.Side(sideNumber);
                SeriesView view = new()
                {
                    FirstChunk = entry.FirstChunk,
                    LastChunk = entry.LastChunk,
                    OpenBlock = entry.OpenBlock,
                    OpenSamples = entry.Open.Samples,
                    OpenForm = entry.LastForm,
                    OpenBytes = entry.LastForm == ChunkForm.Xor ? entry.Open.ByteLength : side.OpenBytes,
                    OpenMinTimeMs = entry.OpenMinTimeMs,
                    MaxTimeMs = entry.Open.TimestampMs,
                    Hidden = entry.Appended - visible,
                    Side = side,
                    LateHidden = sideNumber == 0 ? 0 : HiddenLate(in side, series, visibleSequence, versions),
                };
                Volatile.ReadBarrier();
                if (Volatile.Read(ref entry.Version) == version)
                {
                    return view;
                }
            }

            spin.SpinOnce();
        }
    }

    private static uint VisibleSamples(ref SeriesEntry entry, uint series, long visibleSequence, VersionLog versions)
    {
        if (entry.LastSequence <= visibleSequence)
        {
            return entry.Appended;
        }

        return versions.TryGet(series, visibleSequence, out uint appended) ? appended : entry.AppendedBefore;
    }

    private static uint HiddenLate(in SideEntry side, uint series, long visibleSequence, VersionLog versions)
    {
        if (side.LateSequence <= visibleSequence)
        {
            return 0;
        }

        return side.LateAppended
            - (versions.TryGet(series | LateVersions, visibleSequence, out uint appended) ? appended : side.LateAppendedBefore);
    }
}
