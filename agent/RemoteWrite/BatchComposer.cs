using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Composes the body of a request of version 1.0 from the runs of a batch: what a target's scrape left in the queue, of which only
/// values and time are new. What is no run is written and compressed as ever. Reusable; not thread-safe.
/// </summary>
internal sealed class BatchComposer(
    DestinationOptions options, SeriesTable table, BatchMessage message, IRequestWriter writer, SnappyPartsEncoder search,
    TimeProvider time, MemoryBudget? memory = null)
{
    /// <summary>A shorter run has nothing to repeat: its first series stands there as a whole.</summary>
    public const int MinRun = 64;

    /// <summary>A batch ends where a run ends, so runs are so much shorter than batches.</summary>
    private const int RunsPerBatch = 3;

    private readonly EncodedRuns _runs = new(options, table, time, memory);
    private readonly SnappyComposer _composer = new();
    private readonly List<Segment> _segments = [];
    private readonly HashSet<EncodedRun> _seen = [];
    private readonly int _maxRun = options.Queue.MaxSamplesPerSend / RunsPerBatch;
    private ulong[] _values = [];

    /// <summary>The memory that is kept for the series of runs.</summary>
    public long KeptBytes => _runs.SizeBytes;

    /// <summary>
    /// Decides how the entries are composed; returns how many of the first ones are, or 0 when they are better sent otherwise: because
    /// there is no run, or because several samples of one series are to share its labels.
    /// </summary>
    public int Plan(ReadOnlySpan<EntryPlace> entries)
    {
        _segments.Clear();
        _seen.Clear();
        _runs.Forget();
        int planned = 0;
        bool isFull = entries.Length == options.Queue.MaxSamplesPerSend;
        while (_maxRun >= MinRun && planned < entries.Length)
        {
            ReadOnlySpan<EntryPlace> run = RunAt(entries[planned..], _maxRun);
            if (isFull && planned > 0 && planned + run.Length == entries.Length && run.Length < _maxRun)
            {
                // The rest of the run is behind the batch: it is sent as a whole with the next one.
                break;
            }

            EncodedRun? encoded = run.Length < MinRun ? null : _runs.FindOrMake(run);
            if (encoded is not null && !_seen.Add(encoded))
            {
                return 0;
            }

            int count = Math.Min(run.Length, encoded?.Count ?? run.Length);
            Add(planned, count, encoded);
            planned += count;
        }

        return _seen.Count > 0 ? planned : 0;
    }

    /// <summary>Composes what was planned; returns the part of the body that it takes.</summary>
    /// <param name="entries">Those that were planned.</param>
    /// <param name="body">Replaced by a longer array where it is too short.</param>
    public Memory<byte> Compose(ReadOnlySpan<EntryPlace> entries, ref byte[] body)
    {
        _composer.Begin();
        int end = SnappyComposer.MaxHeadLength;
        foreach (ref readonly Segment segment in CollectionsMarshal.AsSpan(_segments))
        {
            ReadOnlySpan<EntryPlace> part = entries.Slice(segment.Start, segment.Count);
            end += segment.Run is { } run ? AppendRun(part, run, end, ref body) : AppendOthers(part, end, ref body);
        }

        int head = _composer.WriteHead(body.AsSpan(0, SnappyComposer.MaxHeadLength));
        return body.AsMemory((SnappyComposer.MaxHeadLength - head)..end);
    }

    /// <summary>The first entries as far as they are samples of one record and time; one entry at least, of whatever kind.</summary>
    private static ReadOnlySpan<EntryPlace> RunAt(ReadOnlySpan<EntryPlace> entries, int max)
    {
        ref readonly QueuedEntry first = ref entries[0].Entry;
        if (first.Kind != SampleKind.Sample || !EncodedRuns.IsUsualTime(first.TimestampMs))
        {
            return entries[..1];
        }

        int count = 1;
        while (count < entries.Length && count < max)
        {
            ref readonly QueuedEntry entry = ref entries[count].Entry;
            if (entry.Kind != SampleKind.Sample || entry.TimestampMs != first.TimestampMs || !entry.IsOfRecord(first))
            {
                break;
            }

            count++;
        }

        return entries[..count];
    }

    private void Add(int start, int count, EncodedRun? run)
    {
        if (run is null && _segments.Count > 0 && _segments[^1] is { Run: null } last)
        {
            _segments[^1] = last with { Count = last.Count + count };
        }
        else
        {
            _segments.Add(new Segment(start, count, run));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AppendRun(ReadOnlySpan<EntryPlace> entries, EncodedRun run, int at, ref byte[] body)
    {
        Span<byte> stamp = stackalloc byte[Uvarint.MaxLength];
        EncodedRuns.WriteTime(entries[0].Entry.TimestampMs, stamp);
        run.Template.SetStamp(stamp);
        if (_values.Length < entries.Length)
        {
            _values = new ulong[entries.Length];
        }

        for (int index = 0; index < entries.Length; index++)
        {
            _values[index] = BitConverter.DoubleToUInt64Bits(entries[index].Entry.Value);
        }

        Reserve(run.Template.MaxEncodedLength(entries.Length), at, ref body);
        return _composer.Append(run.Template, _values.AsSpan(0, entries.Length), body.AsSpan(at));
    }

    private int AppendOthers(ReadOnlySpan<EntryPlace> entries, int at, ref byte[] body)
    {
        message.Write(entries, writer);
        ReadOnlySpan<byte> content = writer.Finish();
        Reserve(Snappy.MaxEncodedLength(content.Length), at, ref body);
        return _composer.Append(content, writer.Parts, search, body.AsSpan(at));
    }

    private static void Reserve(int length, int at, ref byte[] body)
    {
        if (body.Length - at < length)
        {
            Array.Resize(ref body, Math.Max(at + length, 2 * body.Length));
        }
    }

    /// <summary>Entries that are composed together; without a run those between runs.</summary>
    private readonly record struct Segment(int Start, int Count, EncodedRun? Run);
}
