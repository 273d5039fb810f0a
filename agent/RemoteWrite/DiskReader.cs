using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Reads the buffer's segments into a destination's shards, waiting for room, until nothing is left to read.</summary>
internal sealed class DiskReader(
    AgentBuffer buffer,
    DestinationOptions options,
    SeriesCap cap,
    ValueRounding rounding,
    RemoteWriteMetrics metrics,
    QueueProgress progress,
    ILogger logger)
{
    private readonly SegmentSeries _series = new(new WriteRules(options, buffer.Series), buffer.Series);
    private readonly SampleList _samples = new();
    private readonly Lock _readLock = new();

    /// <summary>Behind the last record that was read into memory.</summary>
    private SamplePosition _readUpTo;

    /// <summary>Segments before this one are given up: they are not read even where their file is still open.</summary>
    private SegmentIndex _skipBefore;

    /// <summary>The beginning of the first segment that was not given up.</summary>
    public SamplePosition FirstKept
    {
        get
        {
            lock (_readLock)
            {
                return SamplePosition.At(new WalPosition(_skipBefore, 0));
            }
        }
    }

    /// <summary>
    /// From now on nothing is read of segments before this one. Returns the end of the last record that was: it is in memory,
    /// whatever becomes of its segment.
    /// </summary>
    public SamplePosition GiveUpBefore(SegmentIndex segment)
    {
        lock (_readLock)
        {
            _skipBefore = segment > _skipBefore ? segment : _skipBefore;
            return _readUpTo;
        }
    }

    /// <summary>
    /// Reads from where the shards are. At the end of the log <paramref name="tryGoLive"/> is asked whether that is still the
    /// end; true ends the reading.
    /// </summary>
    public async Task CatchUpAsync(ShardSet shards, Func<LiveReader, bool> tryGoLive, CancellationToken stop)
    {
        // From the segment's beginning, because its series are described before their first sample, which may be earlier.
        SamplePosition from = shards.Taken;
        using LiveReader reader = new(buffer.Files, buffer.Wal, new WalPosition(from.Record.Segment, 0));
        try
        {
            await ReadAsync(reader, shards, from, tryGoLive, stop);
        }
        finally
        {
            _series.Release();
        }
    }

    private async Task ReadAsync(
        LiveReader reader, ShardSet shards, SamplePosition from, Func<LiveReader, bool> tryGoLive, CancellationToken stop)
    {
        SegmentIndex described = default;
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            switch (reader.Next())
            {
                case LiveReadOutcome.Record:
                    if (reader.Segment != described)
                    {
                        _series.Clear();
                        described = reader.Segment;
                    }

                    await TakeRecordAsync(reader, shards, from, stop);
                    break;
                case LiveReadOutcome.CaughtUp:
                    if (tryGoLive(reader))
                    {
                        return;
                    }

                    break;
                case LiveReadOutcome.Corrupt:
                    metrics.CorruptBytes.Add(reader.Corruption?.LostBytes ?? 0);
                    RemoteWriteLog.RecordUnreadable(logger, options.Name, reader.Corruption?.Message ?? "");
                    break;
                case LiveReadOutcome.SegmentGone:
                    break;
            }
        }
    }

    private async ValueTask TakeRecordAsync(LiveReader reader, ShardSet shards, SamplePosition from, CancellationToken stop)
    {
        if (reader.Type is BufferRecord.Series or BufferRecord.SeriesAsText)
        {
            if (!_series.TryAdd(reader.Type, reader.Payload))
            {
                RemoteWriteLog.RecordUnreadable(logger, options.Name, $"no series record at {reader.RecordPosition}");
            }

            return;
        }

        SamplePosition end = SamplePosition.At(reader.Position);
        if (!SamplesRecord.IsEntries(reader.Type) || end <= from)
        {
            return;
        }

        if (!SamplesRecord.TryRead(reader.Type, reader.Payload, _samples))
        {
            RemoteWriteLog.RecordUnreadable(logger, options.Name, $"no record of samples at {reader.RecordPosition}");
        }
        else if (TryClaim(end))
        {
            if (options.Wants(_samples.Kind))
            {
                await EnqueueAsync(reader.RecordPosition, shards, from, stop);
            }

            shards.Taken = end;
        }
    }

    /// <summary>False when the record's segment was given up; else it counts as read from now on.</summary>
    private bool TryClaim(SamplePosition end)
    {
        lock (_readLock)
        {
            if (end.Record.Segment < _skipBefore)
            {
                return false;
            }

            _readUpTo = end;
            return true;
        }
    }

    private async ValueTask EnqueueAsync(WalPosition record, ShardSet shards, SamplePosition from, CancellationToken stop)
    {
        int dropped = 0;
        int unknown = 0;
        int overCap = 0;
        int taken = 0;
        cap.BeginRecord();
        for (int index = 0; index < _samples.Count; index++)
        {
            SamplePosition position = SamplePosition.At(record, index);
            switch (TryEnqueue(index, position, shards, from, out ShardQueue? full))
            {
                case EnqueueOutcome.Taken:
                    taken++;
                    break;
                case EnqueueOutcome.Dropped:
                    dropped++;
                    break;
                case EnqueueOutcome.OverCap:
                    overCap++;
                    break;
                case EnqueueOutcome.UnknownSeries:
                    unknown++;
                    break;
                case EnqueueOutcome.Full when full is not null:
                    full.Publish();
                    await full.Removed.WaitAsync(stop);
                    index--;
                    break;
            }
        }

        for (int shard = 0; shard < shards.Count; shard++)
        {
            shards.Queue(shard).Publish();
        }

        progress.TookIn(taken);
        metrics.DroppedByRelabelling.Add(dropped);
        metrics.DroppedOverCap.Add(overCap);
        if (unknown > 0)
        {
            metrics.Lost(LossReason.Damaged, unknown);
            RemoteWriteLog.RecordUnreadable(logger, options.Name, $"{unknown} samples at {record} are of series not described before");
        }
    }

    private EnqueueOutcome TryEnqueue(
        int index, SamplePosition position, ShardSet shards, SamplePosition from, out ShardQueue? full)
    {
        full = null;
        SampleColumns samples = _samples.Columns;
        if (!_series.TryGet(samples.Series[index], out DescribedSeries series))
        {
            return EnqueueOutcome.UnknownSeries;
        }

        if (position < from || shards.IsDone(series.Hash, position))
        {
            return EnqueueOutcome.Done;
        }

        if (series.Ruling.Kind == WriteRulingKind.Dropped)
        {
            return EnqueueOutcome.Dropped;
        }

        if (!cap.Admits(series.Hash))
        {
            return EnqueueOutcome.OverCap;
        }

        ShardQueue queue = shards.QueueOf(series.Hash);
        ReadOnlySpan<byte> payload = samples.Payload(index);
        if (!queue.HasRoom(1, payload.Length))
        {
            full = queue;
            return EnqueueOutcome.Full;
        }

        QueuedEntry entry = new(
            samples.Kind, series.Sent, series.Ruling.Kind == WriteRulingKind.Rewritten, series.LabelsLength,
            samples.TimestampsMs[index], rounding.Of(samples.Kind, samples.Values[index]), position, payload.Length);
        queue.Add(entry, payload);
        buffer.Series.Hold(series.Sent);
        return EnqueueOutcome.Taken;
    }

    private enum EnqueueOutcome
    {
        Taken,

        /// <summary>It was delivered before.</summary>
        Done,

        /// <summary>The destination does not get the series.</summary>
        Dropped,

        /// <summary>The series is one too many for the destination's cap.</summary>
        OverCap,

        /// <summary>The segment does not describe the series: its description was damaged.</summary>
        UnknownSeries,

        /// <summary>The shard has no room; to be tried again.</summary>
        Full,
    }
}
