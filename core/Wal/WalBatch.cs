using System.Diagnostics;
using AmpEdge.Prometheus;

namespace AmpEdge.Wal;

/// <summary>
/// Records framed in memory, to be appended to a log by one write. They end in the same segment, in this order; a crash
/// inside the write keeps a beginning of them. Reusable; not thread-safe.
/// </summary>
public sealed class WalBatch
{
    /// <summary>The longest payload of a record.</summary>
    public const int MaxPayloadLength = 64 << 20;

    private readonly ByteBuffer _frames = new(4096);

    /// <summary>True when room is left around each payload for its encryption.</summary>
    private readonly bool _leavesRoom;
    private bool _sealed;
    private int _recordStart = -1;
    private byte _recordType;

    /// <summary>A batch for any log that is not encrypted; for others see <see cref="WalWriter.NewBatch"/>.</summary>
    public WalBatch()
    {
    }

    internal WalBatch(bool leavesRoom)
    {
        _leavesRoom = leavesRoom;
    }

    /// <summary>The bytes that the batch takes in a segment.</summary>
    public int Length => _frames.Length;

    public int RecordCount { get; private set; }

    internal ReadOnlySpan<byte> Frames => _frames.Written;

    public void Clear()
    {
        _frames.Clear();
        _sealed = false;
        _recordStart = -1;
        RecordCount = 0;
    }

    /// <summary>
    /// Begins a record and returns the buffer to append its payload to; earlier content of the buffer must stay as it is.
    /// <paramref name="type"/> is the owner's number for the kind of record, from 1 on.
    /// </summary>
    public ByteBuffer BeginRecord(byte type)
    {
        ArgumentOutOfRangeException.ThrowIfZero(type);
        Debug.Assert(_recordStart < 0, "the record before was not ended");
        _recordStart = _frames.Length;
        _recordType = type;
        _frames.Reserve(SegmentFormat.RecordHeaderLength)[..SegmentFormat.RecordHeaderLength].Clear();
        _frames.Advance(SegmentFormat.RecordHeaderLength);
        LeaveRoom(sizeof(ulong));
        return _frames;
    }

    /// <summary>Ends the record that was begun.</summary>
    /// <exception cref="InvalidOperationException">Its payload is over <see cref="MaxPayloadLength"/>; the record is taken back.</exception>
    public void EndRecord()
    {
        Debug.Assert(_recordStart >= 0, "no record was begun");
        LeaveRoom(SegmentFormat.TagLength);
        int payloadStart = _recordStart + SegmentFormat.RecordHeaderLength;
        int payloadLength = _frames.Length - payloadStart;
        if (payloadLength > MaxPayloadLength)
        {
            _frames.Truncate(_recordStart);
            _recordStart = -1;
            throw new InvalidOperationException(
                $"a WAL record of {payloadLength} bytes is over the limit of {MaxPayloadLength}: split it");
        }

        Span<byte> record = _frames.Patch(_recordStart, SegmentFormat.RecordHeaderLength + payloadLength);
        SegmentFormat.WriteHeader(
            record[..SegmentFormat.RecordHeaderLength], _recordType, record[SegmentFormat.RecordHeaderLength..]);
        _recordStart = -1;
        RecordCount++;
    }

    /// <summary>Encrypts the records where they are, for that place in a segment; once, because each has one number.</summary>
    internal void Seal(RecordSeal seal, long offset)
    {
        Invariant.Require(_leavesRoom && !_sealed, "a batch is sealed once and was made for it");
        _sealed = true;
        seal.SealAll(_frames.Patch(0, _frames.Length), offset);
    }

    /// <summary>Appends a whole record.</summary>
    public void Add(byte type, ReadOnlySpan<byte> payload)
    {
        BeginRecord(type).Append(payload);
        EndRecord();
    }

    private void LeaveRoom(int length)
    {
        if (_leavesRoom)
        {
            _frames.Reserve(length)[..length].Clear();
            _frames.Advance(length);
        }
    }
}
