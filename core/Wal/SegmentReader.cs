using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

/// <summary>Reads the records of one segment in order, in large blocks, and never past its limit. Not thread-safe.</summary>
public sealed class SegmentReader : IDisposable
{
    private const int BlockLength = 128 << 10;

    private readonly string _path;
    private readonly IFile _file;

    /// <summary>A window of the file: <see cref="_blockLength"/> bytes from <see cref="_blockStart"/> on.</summary>
    private byte[] _block = new byte[BlockLength];
    private long _blockStart;
    private int _blockLength;
    private int _payloadStart;
    private int _payloadLength;
    private bool _ended;

    private SegmentReader(string path, IFile file, long offset)
    {
        _path = path;
        _file = file;
        NextOffset = offset;
        Limit = file.Length;
    }

    /// <summary>Where reading stops, as if the file ended there. The whole file as it was when opened, until set.</summary>
    public long Limit { get; set; }

    /// <summary>The record's type.</summary>
    public byte Type { get; private set; }

    /// <summary>The record's payload; valid until the next step.</summary>
    public ReadOnlySpan<byte> Payload => _block.AsSpan(_payloadStart, _payloadLength);

    /// <summary>Where the record begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the next step reads on: behind the record.</summary>
    public long NextOffset { get; private set; }

    /// <summary>What was wrong, after <see cref="SegmentReadOutcome.TornTail"/> or <see cref="SegmentReadOutcome.Corrupt"/>.</summary>
    public WalCorruptionException? Corruption { get; private set; }

    /// <summary>Opens a segment to read from an offset on: 0 for its beginning, or what a position of this log said.</summary>
    /// <exception cref="FileNotFoundException">The segment was deleted.</exception>
    public static SegmentReader Open(IFileSystem files, string path, long offset = 0) =>
        new(path, files.OpenRead(path), offset);

    public SegmentReadOutcome Next()
    {
        if (_ended)
        {
            _ended = false;
            return SegmentReadOutcome.End;
        }

        if (NextOffset < SegmentFormat.MagicLength && !SkipMagic(out SegmentReadOutcome outcome))
        {
            return outcome;
        }

        long available = Limit - NextOffset;
        if (available <= 0)
        {
            return SegmentReadOutcome.End;
        }

        if (available < SegmentFormat.RecordHeaderLength)
        {
            return Damaged(NextOffset + 1, $"{available} bytes", "a record's header");
        }

        ReadOnlySpan<byte> header = Window(NextOffset, SegmentFormat.RecordHeaderLength);
        if (!SegmentFormat.TryReadHeader(header, out byte type, out int length, out uint checksum))
        {
            return Damaged(NextOffset + 1, Convert.ToHexStringLower(header), "a record's header");
        }

        long end = NextOffset + SegmentFormat.RecordHeaderLength + length;
        if (end > Limit)
        {
            return Damaged(NextOffset + 1, $"the end of the file after {available} bytes", $"{end - NextOffset} bytes of record");
        }

        ReadOnlySpan<byte> payload = Window(NextOffset + SegmentFormat.RecordHeaderLength, length);
        uint actual = Crc32C.Compute(payload);
        if (actual != checksum)
        {
            return Damaged(end, $"a payload with the checksum {actual:x8}", $"{checksum:x8}");
        }

        Type = type;
        Offset = NextOffset;
        _payloadStart = (int)(NextOffset + SegmentFormat.RecordHeaderLength - _blockStart);
        _payloadLength = length;
        NextOffset = end;
        return SegmentReadOutcome.Record;
    }

    public void Dispose() => _file.Dispose();

    private bool SkipMagic(out SegmentReadOutcome outcome)
    {
        outcome = SegmentReadOutcome.End;
        if (Limit <= 0)
        {
            return false;
        }

        int available = (int)Math.Min(Limit, SegmentFormat.MagicLength);
        ReadOnlySpan<byte> magic = Window(0, available);
        if (magic.SequenceEqual(SegmentFormat.Magic))
        {
            NextOffset = SegmentFormat.MagicLength;
            return true;
        }

        if (available < SegmentFormat.MagicLength)
        {
            outcome = Tail(0, $"{available} bytes", "a segment's first eight");
            return false;
        }

        // Another version or another kind of file: nothing in it may be guessed at.
        Corruption = new WalCorruptionException(
            _path, 0, Limit, Convert.ToHexStringLower(magic), Convert.ToHexStringLower(SegmentFormat.Magic));
        NextOffset = Limit;
        outcome = SegmentReadOutcome.Corrupt;
        return false;
    }

    /// <summary>Looks for the next whole record from <paramref name="searchFrom"/> on and reports what lies between.</summary>
    private SegmentReadOutcome Damaged(long searchFrom, string found, string expected)
    {
        long damage = NextOffset;
        for (long at = searchFrom; at <= Limit - SegmentFormat.RecordHeaderLength; at++)
        {
            if (!IsRecord(at))
            {
                continue;
            }

            Corruption = new WalCorruptionException(_path, damage, at - damage, found, expected);
            NextOffset = at;
            return SegmentReadOutcome.Corrupt;
        }

        return Tail(damage, found, expected);
    }

    private SegmentReadOutcome Tail(long damage, string found, string expected)
    {
        Corruption = new WalCorruptionException(_path, damage, Limit - damage, found, expected);
        NextOffset = Limit;
        _ended = true;
        return SegmentReadOutcome.TornTail;
    }

    private bool IsRecord(long at)
    {
        if (!SegmentFormat.TryReadHeader(
            Window(at, SegmentFormat.RecordHeaderLength), out _, out int length, out uint checksum))
        {
            return false;
        }

        long payload = at + SegmentFormat.RecordHeaderLength;
        return payload + length <= Limit && Crc32C.Compute(Window(payload, length)) == checksum;
    }

    /// <summary>Bytes of the file that lie before the limit; the block moves or grows when they are not in it.</summary>
    private ReadOnlySpan<byte> Window(long offset, int length)
    {
        if (offset < _blockStart || offset + length > _blockStart + _blockLength)
        {
            LoadBlock(offset, length);
        }

        return _block.AsSpan((int)(offset - _blockStart), length);
    }

    private void LoadBlock(long offset, int length)
    {
        if (length > _block.Length)
        {
            _block = new byte[length + BlockLength];
        }

        int wanted = (int)Math.Min(_block.Length, Limit - offset);
        _blockStart = offset;
        _blockLength = _file.Read(offset, _block.AsSpan(0, wanted));
        if (_blockLength < length)
        {
            // The limit lies within the file's length, so only someone else's cut gets here.
            throw new EndOfStreamException(
                $"{_path} ends at byte {offset + _blockLength}, {offset + length} were there before: was it cut by another process?");
        }
    }
}
