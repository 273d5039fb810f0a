using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Reads the buffer's segments into a destination's shards, waiting for room, until nothing is left to read.</summary>
internal sealed class DiskReader(
    AgentBuffer buffer, DestinationOptions options, RemoteWriteMetrics metrics, QueueProgress progress, ILogger logger)
{
    private readonly SegmentSeries _series = new(new LabelBlockBuilder(options));
    private readonly SampleList _samples = new();
    private readonly Lock _readLock = new();

    /// <summary>Behind the last record that was read into memory.</summary>
    private SamplePosition _readUpTo;

    /// <summary>Segments before this one are given up: they are not read even where their file is still open.</summary>
    private SegmentIndex _skipBefore;

    /// <summary>
    /// From now on nothing is read of segments before this one. Returns the end of the last record that was: it is in memory,
    /// whatever becomes of its segment.
    /// </summary>
    public SamplePosition GiveUpBefore(SegmentIndex segment)
    {
        lock (_readLock)
        {
            _skipBefore = segment;
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
                    RemoteWriteLog.RecordUnreadable(logger, options.Name, reader.Corruption?.Message ?? "");
                    break;
                case LiveReadOutcome.SegmentGone:
                    break;
            }
        }
    }

    private async ValueTask TakeRecordAsync(LiveReader reader, ShardSet shards, SamplePosition from, CancellationToken stop)
    {
        switch (reader.Type)
        {
            case BufferRecord.Series:
                if (!_series.TryAdd(reader.Payload))
                {
                    RemoteWriteLog.RecordUnreadable(logger, options.Name, $"no series record at {reader.RecordPosition}");
                }

                break;
            case BufferRecord.Samples:
                if (!SamplesRecord.TryRead(reader.Payload, _samples))
                {
                    RemoteWriteLog.RecordUnreadable(logger, options.Name, $"no samples record at {reader.RecordPosition}");
                    break;
                }

                SamplePosition end = SamplePosition.At(reader.Position);
                if (end > from && TryClaim(end))
                {
                    await EnqueueAsync(reader.RecordPosition, shards, from, stop);
                    shards.Taken = end;
                }

                break;
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
        int taken = 0;
        for (int index = 0; index < _samples.Count; index++)
        {
            SamplePosition position = SamplePosition.At(record, index);
            SeriesRef number = _samples.Columns.Series[index];
            if (!_series.TryGet(number, out SendSeries series))
            {
                unknown++;
                continue;
            }

            if (position < from || shards.IsDone(series.Hash, position))
            {
                continue;
            }

            if (series.LabelBlock is not { Length: > 0 } block)
            {
                dropped++;
                continue;
            }

            QueuedSample sample = new(block, _samples.Columns.TimestampsMs[index], _samples.Columns.Values[index], position);
            ShardQueue queue = shards.QueueOf(series.Hash);
            while (!queue.TryAdd(sample))
            {
                await queue.Removed.WaitAsync(stop);
            }

            taken++;
        }

        progress.TookIn(taken);
        metrics.DroppedByRelabelling.Add(dropped);
        if (unknown > 0)
        {
            RemoteWriteLog.RecordUnreadable(logger, options.Name, $"{unknown} samples at {record} are of series not described before");
        }
    }
}
