using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Deletes segments: those that every destination has, and the oldest ones when the buffer is over its bounds or the disk is
/// full. What a destination had not read of those is counted as lost, per destination.
/// </summary>
internal sealed class BufferTruncator(
    AgentBuffer buffer, BufferOptions options, TimeProvider time, ILogger logger, BufferMetrics metrics)
{
    private readonly Lock _truncateLock = new();
    private readonly RepeatedErrorGate _shedGate = new(time);
    private readonly AgentBuffer _buffer = buffer;
    private readonly BufferOptions _options = options;
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly BufferMetrics _metrics = metrics;

    /// <summary>When segments were begun, in milliseconds since 1970, as far as it was asked for.</summary>
    private readonly Dictionary<SegmentIndex, long> _startedAtMs = [];

    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer ticks = new(_options.TruncateInterval, _time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stop))
            {
                TruncateOnce();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            TruncateOnce();
        }
    }

    /// <summary>Deletes what is delivered, then the oldest until the bounds hold.</summary>
    public void TruncateOnce()
    {
        // Before the truncator's own lock: a commit that finds the disk full takes the two in this order.
        SegmentIndex firstNeeded = _buffer.FirstNeededSegment();
        lock (_truncateLock)
        {
            try
            {
                _buffer.Wal.DeleteBefore(firstNeeded);
                bool goOn = true;
                while (goOn && _buffer.Wal.TotalBytes > _options.MaxBytes)
                {
                    goOn = ShedOldest(LossReason.MaxBytes);
                }

                while (goOn && OldestIsOverAge())
                {
                    goOn = ShedOldest(LossReason.MaxAge);
                }
            }
            catch (IOException failure)
            {
                BufferLog.TruncateFailed(_logger, failure.Message);
            }
        }
    }

    /// <summary>Deletes the oldest segment, whoever needs it; false when there is none. The newest is ended for it.</summary>
    public bool ShedOldest(LossReason reason)
    {
        lock (_truncateLock)
        {
            IReadOnlyList<WalSegment> segments = _buffer.Wal.Segments();
            if (segments.Count == 0)
            {
                return false;
            }

            if (segments.Count == 1)
            {
                _buffer.Wal.Rotate();
            }

            Shed(segments[0], reason);
            return true;
        }
    }

    private void Shed(WalSegment victim, LossReason reason)
    {
        SegmentIndex firstKept = victim.Index.Next;
        List<(IDestination Destination, long Lost)> losses = [];
        foreach (IDestination destination in _buffer.Destinations)
        {
            long lost = CountUnread(victim, destination.GiveUpBefore(firstKept));
            if (lost > 0)
            {
                losses.Add((destination, lost));
            }
        }

        _buffer.Wal.DeleteBefore(firstKept);
        _startedAtMs.Remove(victim.Index);
        long heldBack = 0;
        bool log = losses.Count > 0 && _shedGate.ShouldLog(reason.ToString(), out heldBack);
        foreach ((IDestination destination, long lost) in losses)
        {
            destination.CountLost(lost, reason);
            if (log)
            {
                BufferLog.Shed(_logger, victim.SizeBytes, reason, destination.Name, lost, heldBack);
            }
        }

        if (losses.Count > 0)
        {
            _metrics.ShedSegments.Increment();
        }
    }

    private long CountUnread(WalSegment segment, SamplePosition readUpTo)
    {
        if (readUpTo.Record.Segment > segment.Index)
        {
            return 0;
        }

        long start = readUpTo.Record.Segment == segment.Index ? readUpTo.RecordOffset : 0;
        long count = 0;
        using SegmentReader reader = Open(segment.Index, start);
        reader.Limit = segment.SizeBytes;
        while (true)
        {
            switch (reader.Next())
            {
                case SegmentReadOutcome.Record when reader.Type is BufferRecord.Samples or BufferRecord.Histograms:
                    count += (long)new SpanReader(reader.Payload).ReadUvarint();
                    break;
                case SegmentReadOutcome.End:
                    return count;
            }
        }
    }

    /// <summary>A segment's newest sample is about as old as the beginning of the next one.</summary>
    private bool OldestIsOverAge()
    {
        IReadOnlyList<WalSegment> segments = _buffer.Wal.Segments();
        if (segments.Count < 2)
        {
            return false;
        }

        long endedAtMs = StartOf(segments[1].Index);
        return endedAtMs > 0 && _time.GetUtcNow().ToUnixTimeMilliseconds() - endedAtMs > _options.MaxAge.TotalMilliseconds;
    }

    private long StartOf(SegmentIndex segment)
    {
        if (!_startedAtMs.TryGetValue(segment, out long startMs))
        {
            using SegmentReader reader = Open(segment, 0);
            startMs = reader.Next() == SegmentReadOutcome.Record && reader.Type == BufferRecord.SegmentStart
                ? new SpanReader(reader.Payload).ReadVarint()
                : 0;
            _startedAtMs[segment] = startMs;
        }

        return startMs;
    }

    private SegmentReader Open(SegmentIndex segment, long offset) =>
        SegmentReader.Open(_buffer.Files, Path.Combine(_buffer.Wal.Folder, segment.FileName), offset, _buffer.Wal.Cipher);
}
