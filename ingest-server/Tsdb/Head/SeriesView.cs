namespace AmpEdge.Tsdb;

/// <summary>One series as a query sees it: a consistent copy of the fields that say where its samples lie.</summary>
internal readonly struct SeriesView
{
    public uint FirstChunk { get; private init; }

    public uint LastChunk { get; private init; }

    public BlockRef OpenBlock { get; private init; }

    public int OpenSamples { get; private init; }

    public int OpenBytes { get; private init; }

    public long OpenMinTimeMs { get; private init; }

    /// <summary>The series' last time; also the end of the open chunk.</summary>
    public long MaxTimeMs { get; private init; }

    /// <summary>How many samples at the end belong to commits after the query's snapshot.</summary>
    public uint Hidden { get; private init; }

    /// <summary>
    /// Copies the fields while a writer may be at work: a copy during which the version changed is thrown away. A
    /// writer holds a series for well under a microsecond.
    /// </summary>
    public static SeriesView Capture(
        ref SeriesEntry entry, uint series, long visibleSequence, VersionLog versions)
    {
        SpinWait spin = default;
        while (true)
        {
            uint version = Volatile.Read(ref entry.Version);
            if ((version & 1) == 0)
            {
                uint visible = VisibleSamples(ref entry, series, visibleSequence, versions);
                SeriesView view = new()
                {
                    FirstChunk = entry.FirstChunk,
                    LastChunk = entry.LastChunk,
                    OpenBlock = entry.OpenBlock,
                    OpenSamples = entry.Open.Samples,
                    OpenBytes = entry.Open.ByteLength,
                    OpenMinTimeMs = entry.OpenMinTimeMs,
                    MaxTimeMs = entry.Open.TimestampMs,
                    Hidden = entry.Appended - visible,
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
}
