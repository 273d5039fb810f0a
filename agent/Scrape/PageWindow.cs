using System.Buffers;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The part of a page that is in hand: bytes come in at its end and go at its beginning. It grows only when one entry
/// does not fit. Owns a rented array.
/// </summary>
internal sealed class PageWindow : IDisposable
{
    /// <summary>A usual page fits whole; what is longer is read in parts of this size.</summary>
    public const int UsualBytes = 256 << 10;

    /// <summary>No line and no message may be longer.</summary>
    public const int MaxBytes = 64 << 20;

    private const int MinBytes = 4096;

    private byte[] _bytes;
    private int _start;
    private int _end;

    /// <param name="sizeHint">The size of the last page, so that the array seldom has to grow.</param>
    public PageWindow(long sizeHint)
    {
        _bytes = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(sizeHint, MinBytes, UsualBytes));
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

        if (_bytes.Length >= MaxBytes)
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
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
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = 0;
        _end = 0;
    }
}
