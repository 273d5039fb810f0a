using System.Numerics;
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
    private readonly SegmentCipher? _cipher;

    /// <summary>What a segment's first bytes say; found at the first step.</summary>
    private bool _headerIsKnown;
    private int _headerLength = SegmentFormat.MagicLength;
    private RecordSeal? _seal;

    /// <summary>The decrypted payload, in an encrypted segment.</summary>
    private byte[] _opened = [];

    private SegmentReader(string path, IFile file, long offset, SegmentCipher? cipher)
    {
        _path = path;
        _file = file;
        _cipher = cipher;
        NextOffset = offset;
        Limit = file.Length;
    }

    /// <summary>Where reading stops, as if the file ended there. The whole file as it was when opened, until set.</summary>
    public long Limit { get; set; }

    /// <summary>The record's type.</summary>
    public byte Type { get; private set; }

    /// <summary>The record's payload; valid until the next step.</summary>
    public ReadOnlySpan<byte> Payload => _seal is null
        ? _block.AsSpan(_payloadStart, _payloadLength)
        : _opened.AsSpan(0, _payloadLength);

    /// <summary>Where the record begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Where the next step reads on: behind the record.</summary>
    public long NextOffset { get; private set; }

    /// <summary>What was wrong, after <see cref="SegmentReadOutcome.TornTail"/> or <see cref="SegmentReadOutcome.Corrupt"/>.</summary>
    public WalCorruptionException? Corruption { get; private set; }

    /// <summary>Opens a segment to read from an offset on: 0 for its beginning, or what a position of this log said.</summary>
    /// <exception cref="FileNotFoundException">The segment was deleted.</exception>
    public static SegmentReader Open(IFileSystem files, string path, long offset = 0, SegmentCipher? cipher = null) =>
        new(path, files.OpenRead(path), offset, cipher);

    public SegmentReadOutcome Next()
    {
        if (_ended)
        {
            _ended = false;
            return SegmentReadOutcome.End;
        }

        if (!TryReadHeader(out SegmentReadOutcome outcome))
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

        if (_seal is not null)
        {
            return OpenSealed(payload, type, end);
        }

        Type = type;
        Offset = NextOffset;
        _payloadStart = (int)(NextOffset + SegmentFormat.RecordHeaderLength - _blockStart);
        _payloadLength = length;
        NextOffset = end;
        return SegmentReadOutcome.Record;
    }

    public void Dispose()
    {
        _seal?.Dispose();
        _file.Dispose();
    }

    /// <exception cref="SegmentKeyException">The segment is encrypted, and not with the key given.</exception>
    internal void RequireKey()
    {
        Span<byte> header = stackalloc byte[SegmentFormat.EncryptedHeaderLength];
        header = header[.._file.Read(0, header)];
        if (header.StartsWith(SegmentFormat.EncryptedMagic) && header.Length == SegmentFormat.EncryptedHeaderLength
            && OwnerOf(header) == SegmentOwner.Other)
        {
            throw new SegmentKeyException(_path, keyGiven: _cipher is not null);
        }
    }

    /// <summary>Looks at the first bytes once; false when nothing can be read because of them.</summary>
    private bool TryReadHeader(out SegmentReadOutcome outcome)
    {
        outcome = SegmentReadOutcome.End;
        if (_headerIsKnown)
        {
            return true;
        }

        if (Limit <= 0)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[SegmentFormat.EncryptedHeaderLength];
        int length = _file.Read(0, header[..(int)Math.Min(Limit, header.Length)]);
        header = header[..length];
        bool encrypted = header.StartsWith(SegmentFormat.EncryptedMagic);
        _headerLength = encrypted ? SegmentFormat.EncryptedHeaderLength : SegmentFormat.MagicLength;
        if (length < _headerLength)
        {
            outcome = Tail(0, $"{length} bytes", $"a segment's first {_headerLength}");
            return false;
        }

        SegmentOwner owner = encrypted ? OwnerOf(header)
            : header.StartsWith(SegmentFormat.Magic) ? SegmentOwner.Ours
            : SegmentOwner.Other;
        if (owner == SegmentOwner.Nobody)
        {
            outcome = Tail(0, Convert.ToHexStringLower(header), "a segment's first bytes, or a record behind them");
            return false;
        }

        if (owner == SegmentOwner.Other)
        {
            if (IsBlank())
            {
                // The power went before the first bytes reached the disk, which knew the file's length only.
                outcome = Tail(0, $"{Limit} bytes of zeros", Convert.ToHexStringLower(SegmentFormat.Magic));
                return false;
            }

            // Another version, another key or another kind of file: nothing in it may be guessed at.
            Corruption = new WalCorruptionException(
                _path, 0, Limit, Convert.ToHexStringLower(header[..SegmentFormat.MagicLength]),
                encrypted ? "a segment that the given key opens" : Convert.ToHexStringLower(SegmentFormat.Magic));
            NextOffset = Limit;
            _ended = true;
            outcome = SegmentReadOutcome.Corrupt;
            return false;
        }

        _seal = encrypted && _cipher is not null ? new RecordSeal(_cipher.KeyOf(header[^SegmentFormat.SaltLength..])) : null;
        NextOffset = Math.Max(NextOffset, _headerLength);
        _headerIsKnown = true;
        return true;
    }

    private bool IsBlank()
    {
        for (long offset = 0; offset < Limit; offset += BlockLength)
        {
            if (Window(offset, (int)Math.Min(BlockLength, Limit - offset)).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whose an encrypted segment is: by the key's id, and where that is another one by the first whole record, since the id may be
    /// what is damaged.
    /// </summary>
    private SegmentOwner OwnerOf(ReadOnlySpan<byte> encryptedHeader)
    {
        if (_cipher is null)
        {
            return SegmentOwner.Other;
        }

        ReadOnlySpan<byte> id = encryptedHeader.Slice(SegmentFormat.MagicLength, SegmentFormat.KeyIdLength);
        if (id.SequenceEqual(_cipher.KeyId))
        {
            return SegmentOwner.Ours;
        }

        for (long at = SegmentFormat.EncryptedHeaderLength; at <= Limit - SegmentFormat.RecordHeaderLength; at++)
        {
            if (IsRecord(at))
            {
                return Opens(at, encryptedHeader[^SegmentFormat.SaltLength..]) ? SegmentOwner.Ours : SegmentOwner.Other;
            }
        }

        return IsNearly(id, _cipher.KeyId) ? SegmentOwner.Nobody : SegmentOwner.Other;
    }

    /// <summary>
    /// Whether an id can be ours after a few bits flipped or the rest became zeros: that of another key differs in half of its bits.
    /// </summary>
    private static bool IsNearly(ReadOnlySpan<byte> id, ReadOnlySpan<byte> ours)
    {
        const int MostBits = 8;
        int bits = 0;
        for (int index = 0; index < id.Length; index++)
        {
            bits += BitOperations.PopCount((uint)(id[index] ^ ours[index]));
        }

        return bits <= MostBits || !id[id.CommonPrefixLength(ours)..].ContainsAnyExcept((byte)0);
    }

    private bool Opens(long at, ReadOnlySpan<byte> salt)
    {
        SegmentFormat.TryReadHeader(Window(at, SegmentFormat.RecordHeaderLength), out byte type, out int length, out _);
        using RecordSeal seal = new(_cipher!.KeyOf(salt));
        return length >= SegmentFormat.SealLength
            && seal.TryOpen(
                Window(at + SegmentFormat.RecordHeaderLength, length), type, at, new byte[length - SegmentFormat.SealLength]);
    }

    private SegmentReadOutcome OpenSealed(ReadOnlySpan<byte> payload, byte type, long end)
    {
        int length = payload.Length - SegmentFormat.SealLength;
        if (_opened.Length < length)
        {
            _opened = new byte[Math.Max(length, BlockLength)];
        }

        if (length < 0 || !_seal!.TryOpen(payload, type, NextOffset, _opened.AsSpan(0, length)))
        {
            return Damaged(end, "a payload that its key does not open", "one that was written here");
        }

        Type = type;
        Offset = NextOffset;
        _payloadLength = length;
        NextOffset = end;
        return SegmentReadOutcome.Record;
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
