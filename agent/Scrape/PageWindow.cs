namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The part of a page that is in hand: bytes come in at its end and go at its beginning. It grows only when one entry
/// does not fit. Owns a rented array.
/// </summary>
internal sealed class PageWindow : IDisposable
{
    /// <summary>A usual page fits whole; what is longer is read in parts of this size.</summary>
    public const int UsualBytes = 256 << 10;

    /// <summary>No message may be longer: it is a whole family with all its series.</summary>
    public const int LongestMessageBytes = 64 << 20;

    /// <summary>No line may be longer. A target that sends one without an end would else cost that again and again.</summary>
    public const int LongestLineBytes = 4 << 20;

    private const int MinBytes = 4096;

    private readonly int _maxBytes;
    private byte[] _bytes;
    private int _start;
    private int _end;

    /// <param name="sizeHint">The size of the last page, so that the array seldom has to grow.</param>
    /// <param name="longestEntry">What a line or message of the page's format may have at most.</param>
    public PageWindow(long sizeHint, int longestEntry)
    {
        _maxBytes = longestEntry;
        _bytes = ScratchArrays.Rent<byte>((int)Math.Clamp(sizeHint, MinBytes, UsualBytes));
    }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Where bytes may be read to; one byte is kept free for <see cref="EndWithLineBreak"/>.</summary>
    public Memory<byte> Free => _bytes.AsMemory(_end, _bytes.Length - _end - 1);

    public bool IsFull => _end >= _bytes.Length - 1;

    public void Fill(int count) => _end += count;

    public void Discard(int count) => _start += count;

    /// <summary>Makes room: what is left goes to the front; false when it is one entry that fills the longest window.</summary>
    public bool TryMakeRoom()
    {
        if (_start > 0)
        {
            Bytes.CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        if (!IsFull)
        {
            return true;
        }

        if (_bytes.Length >= _maxBytes)
        {
            return false;
        }

        int length = _bytes.Length * 2;
        byte[] larger = ScratchArrays.Rent<byte>(length);
        Bytes.CopyTo(larger);
        ScratchArrays.Return(_bytes);
        _bytes = larger;
        return true;
    }

    /// <summary>Adds the final line break that Prometheus text may lack.</summary>
    public void EndWithLineBreak()
    {
        if (_end > _start && _bytes[_end - 1] != '\n')
        {
            _bytes[_end++] = (byte)'\n';
        }
    }

    public void Dispose()
    {
        ScratchArrays.Return(_bytes);
        _bytes = [];
        _start = 0;
        _end = 0;
    }
}
