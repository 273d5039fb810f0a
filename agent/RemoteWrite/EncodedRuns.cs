using System.Buffers;
using System.Runtime.InteropServices;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The runs of one shard that were sent lately, by their first series: a target's series come in the same order with each scrape, so
/// their labels are read, written and compressed once. What was not used for a while is forgotten. Not thread-safe.
/// </summary>
internal sealed class EncodedRuns(
    DestinationOptions options, SeriesTable table, TimeProvider time, MemoryBudget? memory = null)
{
    /// <summary>A run is forgotten when it was not used for once to twice as long: targets are seldom scraped less often.</summary>
    private static readonly TimeSpan s_forgetAfter = TimeSpan.FromMinutes(10);

    /// <summary>The bytes of a sample's message behind its value: the tag of the time and the time.</summary>
    private const int TailLength = 7;
    private const int TimeLength = 6;

    /// <summary>Times whose varint has six bytes: 1971 to 2109.</summary>
    private const long MinTimestampMs = 1L << 35;
    private const long EndTimestampMs = 1L << 42;

    private readonly SeriesTable _table = table;
    private readonly BatchLabels _labels = new(table);
    private readonly SnappyPartsEncoder _search = new();
    private readonly RequestWriterV1 _writer = new();
    private readonly List<int> _recordEnds = [];
    private int[] _sequence = [];
    private Dictionary<uint, EncodedRun> _used = [];
    private Dictionary<uint, EncodedRun> _usedBefore = [];
    private long _turnedAt = time.GetTimestamp();

    private long _sizeBytes;

    /// <summary>The memory that runs take. Any thread may ask.</summary>
    public long SizeBytes
    {
        get => Volatile.Read(ref _sizeBytes);
        private set => Volatile.Write(ref _sizeBytes, value);
    }

    /// <summary>Whether a run of that time can be sent with the form that was made for another.</summary>
    public static bool IsUsualTime(long timestampMs) => timestampMs is >= MinTimestampMs and < EndTimestampMs;

    /// <summary>The time as it stands in the message.</summary>
    public static int WriteTime(long timestampMs, Span<byte> target) => Uvarint.Write(target, (ulong)timestampMs);

    /// <summary>
    /// The run that the entries begin with, made when it is not there; null where there is no memory for it. It may have more series
    /// than there are entries, or fewer.
    /// </summary>
    /// <param name="entries">Samples of one time, a series each.</param>
    public EncodedRun? FindOrMake(ReadOnlySpan<EntryPlace> entries)
    {
        uint first = EncodedRun.KeyOf(entries[0].Entry);
        EncodedRun? run = Find(first);
        if (run is null || !IsOf(run, entries))
        {
            Remove(first);
            run = memory is { IsTight: true } ? null : Make(entries);
            if (run is not null)
            {
                _used[first] = run;
                SizeBytes += run.SizeBytes;
            }
        }

        return run;
    }

    /// <summary>Forgets what was not used for long, and everything while memory is tight; to be called once for each batch.</summary>
    public void Forget()
    {
        if (memory is { IsTight: true })
        {
            _used = [];
            _usedBefore = [];
            SizeBytes = 0;
        }
        else if (time.GetElapsedTime(_turnedAt) > s_forgetAfter)
        {
            _turnedAt = time.GetTimestamp();
            foreach (EncodedRun run in _usedBefore.Values)
            {
                SizeBytes -= run.SizeBytes;
            }

            _usedBefore = _used;
            _used = new Dictionary<uint, EncodedRun>(_usedBefore.Count);
        }
    }

    private EncodedRun? Find(uint first)
    {
        if (!_used.TryGetValue(first, out EncodedRun? run) && _usedBefore.Remove(first, out run))
        {
            _used.Add(first, run);
        }

        return run;
    }

    private void Remove(uint first)
    {
        if (_used.Remove(first, out EncodedRun? run))
        {
            SizeBytes -= run.SizeBytes;
        }
    }

    private bool IsOf(EncodedRun run, ReadOnlySpan<EntryPlace> entries)
    {
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        return run.IsOf(entries, labels);
    }

    private EncodedRun? Make(ReadOnlySpan<EntryPlace> entries)
    {
        uint[] series = new uint[entries.Length];
        for (int index = 0; index < series.Length; index++)
        {
            series[index] = EncodedRun.KeyOf(entries[index].Entry);
        }

        ulong versions;
        using (SeriesTable.LabelReader labels = _table.ReadLabels())
        {
            versions = EncodedRun.SumOfVersions(series, labels);
        }

        WriteMessage(entries);
        SnappyTemplate? template = MakeTemplate(_writer.Finish());
        return template is null ? null : new EncodedRun(series, versions, template);
    }

    private SnappyTemplate? MakeTemplate(ReadOnlySpan<byte> message)
    {
        byte[] content = ArrayPool<byte>.Shared.Rent(message.Length);
        try
        {
            message.CopyTo(content);
            return SnappyTemplate.Create(
                content.AsSpan(0, message.Length), _writer.Parts, CollectionsMarshal.AsSpan(_recordEnds), TailLength, TimeLength, _search);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    /// <summary>Any value that is not zero takes eight bytes, and so does a zero that is written where one was.</summary>
    private void WriteMessage(ReadOnlySpan<EntryPlace> entries)
    {
        _writer.Clear();
        _recordEnds.Clear();
        ReadOnlySpan<int> rest = Sequence(entries.Length);
        while (!rest.IsEmpty)
        {
            int read = _labels.Read(entries, rest);
            for (int index = 0; index < read; index++)
            {
                _writer.BeginSeries(
                    _labels[index], entries[rest[index]].Entry.LabelsAreFinal ? default : options.ExternalLabels.Blob);
                _writer.AddSample(MinTimestampMs, 1);
                _writer.EndSeries();
                _recordEnds.Add(_writer.Finish().Length);
            }

            rest = rest[read..];
        }
    }

    private ReadOnlySpan<int> Sequence(int count)
    {
        if (_sequence.Length < count)
        {
            _sequence = new int[count];
            for (int index = 0; index < count; index++)
            {
                _sequence[index] = index;
            }
        }

        return _sequence.AsSpan(0, count);
    }
}
