using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// The out-of-order samples of one series that a query sees, put into the order of time. Reused from series to series.
/// </summary>
internal sealed class LateSamples
{
    private readonly List<Entry> _entries = [];
    private readonly ByteBuffer _bodies = new();
    private int _next;

    /// <summary>The time of the next sample; <see cref="long.MaxValue"/> behind the last one.</summary>
    public long NextMs { get; private set; } = long.MaxValue;

    public double NextValue => _entries[_next].Value;

    /// <summary>The body of the next sample when it is a histogram; else empty.</summary>
    public ReadOnlySpan<byte> NextBody => _bodies.Written.Slice(_entries[_next].Offset, _entries[_next].Length);

    /// <summary>Reads those of a view between two times, both inclusive.</summary>
    public void Load(in SeriesView view, SeriesChunks chunks, long minTimeMs, long maxTimeMs)
    {
        _entries.Clear();
        _bodies.Clear();
        SideEntry side = view.Side;
        long left = CountOf(in side, chunks) - view.LateHidden;
        for (uint chunk = side.LateFirst; chunk != 0 && left > 0;)
        {
            ref readonly ClosedChunk closed = ref chunks.Closed(chunk);
            if (closed.MinTimeMs <= maxTimeMs && closed.MaxTimeMs >= minTimeMs)
            {
                Read(chunks.ClosedBytes(in closed), (int)Math.Min(left, closed.Samples), minTimeMs, maxTimeMs);
            }

            left -= closed.Samples;
            chunk = chunk == side.LateLast ? 0 : closed.Next;
        }

        if (left > 0 && !side.LateBlock.IsNone)
        {
            Read(chunks.OpenBytes(side.LateBlock, side.LateBytes), (int)Math.Min(left, side.LateSamples), minTimeMs, maxTimeMs);
        }

        _entries.Sort(static (one, other) => one.TimestampMs.CompareTo(other.TimestampMs));
        _next = -1;
        MoveNext();
    }

    public void MoveNext()
    {
        _next++;
        NextMs = _next < _entries.Count ? _entries[_next].TimestampMs : long.MaxValue;
    }

    /// <summary>Whether the view has an out-of-order sample at all.</summary>
    public static bool Any(in SeriesView view, SeriesChunks chunks) =>
        view.HasLate && (view.LateHidden == 0 || CountOf(view.Side, chunks) > view.LateHidden);

    private static long CountOf(in SideEntry side, SeriesChunks chunks)
    {
        long held = side.LateBlock.IsNone ? 0 : side.LateSamples;
        for (uint chunk = side.LateFirst; chunk != 0;)
        {
            ref readonly ClosedChunk closed = ref chunks.Closed(chunk);
            held += closed.Samples;
            chunk = chunk == side.LateLast ? 0 : closed.Next;
        }

        return held;
    }

    private void Read(ReadOnlySpan<byte> log, int samples, long minTimeMs, long maxTimeMs)
    {
        SampleLogReader reader = new(log, samples);
        while (reader.MoveNext())
        {
            if (reader.TimestampMs >= minTimeMs && reader.TimestampMs <= maxTimeMs)
            {
                _entries.Add(new Entry(reader.TimestampMs, reader.Value, _bodies.Length, reader.Body.Length));
                _bodies.Append(reader.Body);
            }
        }

        Invariant.Require(!reader.Corrupt, "a sample log of the head cannot be read");
    }

    private readonly record struct Entry(long TimestampMs, double Value, int Offset, int Length);
}
