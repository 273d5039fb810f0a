namespace AmpEdge.Wal;

/// <summary>
/// Follows a log that is being written in this process, across its segments, never past what was appended whole. Not
/// thread-safe; the log may be appended to and shortened meanwhile.
/// </summary>
public sealed class LiveReader : IDisposable
{
    private readonly IFileSystem _files;
    private readonly WalWriter _wal;
    private SegmentReader? _reader;

    /// <summary>Begins at a position of this log; of a segment that is gone, the next one there is is read from its start.</summary>
    public LiveReader(IFileSystem files, WalWriter wal, WalPosition start)
    {
        _files = files;
        _wal = wal;
        Position = start;
    }

    /// <summary>Behind the last record that was yielded: where to go on after a restart.</summary>
    public WalPosition Position { get; private set; }

    public byte Type => Current.Type;

    /// <summary>The record's payload; valid until the next step.</summary>
    public ReadOnlySpan<byte> Payload => Current.Payload;

    /// <summary>The segment of the record.</summary>
    public SegmentIndex Segment => Position.Segment;

    /// <summary>What was skipped, after <see cref="LiveReadOutcome.Corrupt"/>.</summary>
    public WalCorruptionException? Corruption => _reader?.Corruption;

    /// <summary>Where the record begins.</summary>
    public WalPosition RecordPosition => Position with { Offset = Current.Offset };

    /// <summary>True when nothing was appended behind <see cref="Position"/> up to now.</summary>
    public bool IsCaughtUp =>
        !_wal.TryFindFrom(Position.Segment, out WalSegment segment, out _)
        || (segment.Index == Position.Segment && Position.Offset >= segment.SizeBytes
            && !_wal.TryFindFrom(Position.Segment.Next, out _, out _));

    private SegmentReader Current => _reader ?? throw new InvalidOperationException("no record was read yet");

    public LiveReadOutcome Next()
    {
        while (_wal.TryFindFrom(Position.Segment, out WalSegment segment, out bool growing))
        {
            if (segment.Index != Position.Segment)
            {
                MoveTo(segment.Index);
                return LiveReadOutcome.SegmentGone;
            }

            if (_reader is null && !TryOpen())
            {
                MoveTo(Position.Segment.Next);
                return LiveReadOutcome.SegmentGone;
            }

            Current.Limit = segment.SizeBytes;
            SegmentReadOutcome outcome = Current.Next();
            Position = Position with { Offset = Current.NextOffset };
            switch (outcome)
            {
                case SegmentReadOutcome.Record:
                    return LiveReadOutcome.Record;
                case SegmentReadOutcome.End when growing:
                    return LiveReadOutcome.CaughtUp;
                case SegmentReadOutcome.End:
                    // The length was final when it was asked for, so everything in the segment was read.
                    if (!_wal.TryFindFrom(Position.Segment.Next, out WalSegment next, out _))
                    {
                        return LiveReadOutcome.CaughtUp;
                    }

                    MoveTo(next.Index);
                    break;
                default:
                    return LiveReadOutcome.Corrupt;
            }
        }

        return LiveReadOutcome.CaughtUp;
    }

    public void Dispose() => _reader?.Dispose();

    private bool TryOpen()
    {
        try
        {
            _reader = SegmentReader.Open(_files, Path.Combine(_wal.Folder, Position.Segment.FileName), Position.Offset, _wal.Cipher);
            return true;
        }
        catch (FileNotFoundException)
        {
            // Deleted between the question and the opening.
            return false;
        }
    }

    private void MoveTo(SegmentIndex segment)
    {
        _reader?.Dispose();
        _reader = null;
        Position = new WalPosition(segment, 0);
    }
}
