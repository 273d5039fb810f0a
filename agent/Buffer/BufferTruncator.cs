using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// Deletes segments: those that every destination has, and the oldest ones when the buffer is over its bounds or the disk is
/// full. A destination over bounds of its own gives the oldest ones up for itself. What a destination had not read of those is
/// counted as lost, per destination.
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

    /// <summary>
    /// How old each segment was when it was first looked at, by the wall clock, and when that was, by the monotonic one: a
    /// wall clock that is set later makes no segment older or younger.
    /// </summary>
    private Dictionary<SegmentIndex, (TimeSpan Age, long AtTimestamp)> _ages = [];

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

    /// <summary>
    /// Gives up for each destination what is over its own bounds, deletes what nobody needs, then the oldest until the bounds of
    /// the whole hold.
    /// </summary>
    public void TruncateOnce()
    {
        // All of it before the truncator's own lock: a commit that finds the disk full takes the two in this order.
        LookAtAges();
        bool isRotated = RotateWhenOneIsTooMuch();
        foreach (IDestination destination in _buffer.Destinations)
        {
            HoldOwnBounds(destination);
        }

        SegmentIndex firstNeeded = _buffer.FirstNeededSegment();
        lock (_truncateLock)
        {
            try
            {
                _buffer.Wal.DeleteBefore(firstNeeded);
                bool goOn = true;
                while (goOn && _buffer.Wal.TotalBytes > _options.MaxBytes)
                {
                    goOn = TryShedOldest(LossReason.MaxBytes, isRotated);
                }

                while (goOn && OldestIsOverAge())
                {
                    goOn = TryShedOldest(LossReason.MaxAge, isRotated);
                }
            }
            catch (IOException failure)
            {
                BufferLog.TruncateFailed(_logger, failure.Message);
            }
        }
    }

    /// <summary>
    /// Deletes the oldest segment, whoever needs it; false when there is none. The newest is ended for it, so this is for the
    /// holder of the commit lock.
    /// </summary>
    public bool ShedOldest(LossReason reason)
    {
        lock (_truncateLock)
        {
            if (_buffer.Wal.Segments().Count == 1)
            {
                _buffer.Wal.Rotate();
            }

            return TryShedOldest(reason, isRotated: true);
        }
    }

    /// <summary>A segment may be larger than the whole buffer is to be: then it ends early.</summary>
    private bool RotateWhenOneIsTooMuch()
    {
        if (_buffer.Wal.TotalBytes <= _options.MaxBytes || _buffer.Wal.Segments().Count != 1)
        {
            return false;
        }

        try
        {
            // A commit is written for the segment that it stands in.
            return _buffer.BetweenCommits(_ =>
            {
                _buffer.Wal.Rotate();
                return true;
            });
        }
        catch (IOException failure)
        {
            BufferLog.TruncateFailed(_logger, failure.Message);
            return false;
        }
    }

    /// <summary>The newest segment stays unless it was ended.</summary>
    private bool TryShedOldest(LossReason reason, bool isRotated)
    {
        IReadOnlyList<WalSegment> segments = _buffer.Wal.Segments();
        if (segments.Count == 0 || (segments.Count == 1 && !isRotated))
        {
            return false;
        }

        Shed(segments[0], reason);
        return true;
    }

    /// <summary>
    /// Gives up the oldest segments that the destination needs, for it alone, until it is within its own bounds. The file goes
    /// when nobody else needs it either. The newest segment is always kept.
    /// </summary>
    private void HoldOwnBounds(IDestination destination)
    {
        if (destination.Bounds == default)
        {
            return;
        }

        lock (_truncateLock)
        {
            try
            {
                IReadOnlyList<WalSegment> segments = _buffer.Wal.Segments();
                for (int oldest = 0; oldest + 1 < segments.Count; oldest++)
                {
                    WalSegment segment = segments[oldest];
                    if (segment.Index >= destination.Needed.Record.Segment
                        && OverOwnBounds(destination, segments, oldest) is { } reason)
                    {
                        GiveUp(destination, segment, reason);
                    }
                }
            }
            catch (IOException failure)
            {
                BufferLog.TruncateFailed(_logger, failure.Message);
            }
        }
    }

    private LossReason? OverOwnBounds(IDestination destination, IReadOnlyList<WalSegment> segments, int oldest)
    {
        BufferBounds bounds = destination.Bounds;
        if (bounds.MaxBytes > 0 && BytesNeeded(destination, segments) > bounds.MaxBytes)
        {
            return LossReason.MaxBytes;
        }

        return bounds.MaxAge > TimeSpan.Zero && EndedLongerAgo(segments[oldest + 1].Index, bounds.MaxAge)
            ? LossReason.MaxAge
            : null;
    }

    /// <summary>How much of the buffer lies behind where the destination is.</summary>
    private static long BytesNeeded(IDestination destination, IReadOnlyList<WalSegment> segments)
    {
        WalPosition needed = destination.Needed.Record;
        long bytes = 0;
        foreach (WalSegment segment in segments)
        {
            if (segment.Index >= needed.Segment)
            {
                bytes += segment.SizeBytes - (segment.Index == needed.Segment ? needed.Offset : 0);
            }
        }

        return bytes;
    }

    private void GiveUp(IDestination destination, WalSegment segment, LossReason reason)
    {
        long lost = CountUnread(segment, destination.GiveUpBefore(segment.Index.Next));
        if (lost == 0)
        {
            return;
        }

        destination.CountLost(lost, reason);
        if (_shedGate.ShouldLog($"{destination.Name} {reason}", out long heldBack))
        {
            BufferLog.GivenUp(_logger, segment.SizeBytes, reason, destination.Name, lost, heldBack);
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

    /// <summary>Soon after a segment is begun, so that its age is counted from there on.</summary>
    private void LookAtAges()
    {
        lock (_truncateLock)
        {
            IReadOnlyList<WalSegment> segments = _buffer.Wal.Segments();
            Dictionary<SegmentIndex, (TimeSpan, long)> ages = new(segments.Count);
            try
            {
                foreach (WalSegment segment in segments)
                {
                    ages.Add(
                        segment.Index,
                        _ages.TryGetValue(segment.Index, out (TimeSpan, long) known)
                            ? known
                            : (AgeByWallClock(segment.Index), _time.GetTimestamp()));
                }
            }
            catch (IOException failure)
            {
                // The others keep to the bound of size until the next look.
                BufferLog.TruncateFailed(_logger, failure.Message);
            }

            _ages = ages;
        }
    }

    /// <summary>A segment's newest sample is about as old as the beginning of the next one.</summary>
    private bool OldestIsOverAge()
    {
        IReadOnlyList<WalSegment> segments = _buffer.Wal.Segments();
        return segments.Count >= 2 && EndedLongerAgo(segments[1].Index, _options.MaxAge);
    }

    /// <summary>Whether the segment before <paramref name="next"/> ended longer ago than that.</summary>
    private bool EndedLongerAgo(SegmentIndex next, TimeSpan age) =>
        _ages.TryGetValue(next, out (TimeSpan Age, long AtTimestamp) seen)
        && seen.Age + _time.GetElapsedTime(seen.AtTimestamp) > age;

    /// <summary>Zero for a segment that does not tell, or that was begun in what the clock now calls the future.</summary>
    private TimeSpan AgeByWallClock(SegmentIndex segment)
    {
        using SegmentReader reader = Open(segment, 0);
        if (reader.Next() != SegmentReadOutcome.Record || reader.Type != BufferRecord.SegmentStart)
        {
            return TimeSpan.Zero;
        }

        long startedAtMs = new SpanReader(reader.Payload).ReadVarint();
        return TimeSpan.FromMilliseconds(Math.Max(0.0, _time.GetUtcNow().ToUnixTimeMilliseconds() - startedAtMs));
    }

    private SegmentReader Open(SegmentIndex segment, long offset) =>
        SegmentReader.Open(_buffer.Files, Path.Combine(_buffer.Wal.Folder, segment.FileName), offset, _buffer.Wal.Cipher);
}
