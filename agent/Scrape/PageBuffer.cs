using System.Buffers;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The bytes of one page in a rented array, with a limit. Disposing gives the array back: slices of
/// <see cref="Page"/> must be gone by then.
/// </summary>
internal sealed class PageBuffer : IDisposable
{
    private const int MinReadBytes = 4096;

    private byte[] _bytes;
    private int _length;

    /// <param name="sizeHint">The size of the last page, so that the array seldom has to grow.</param>
    public PageBuffer(int sizeHint)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(MinReadBytes, sizeHint));
    }

    public int Length => _length;

    public ReadOnlySpan<byte> Page => _bytes.AsSpan(0, _length);

    /// <summary>Reads the stream to its end; false as soon as it proves longer than <paramref name="limit"/>.</summary>
    public async Task<bool> TryReadAsync(Stream stream, long limit, CancellationToken cancel)
    {
        while (true)
        {
            // One byte beyond the page is kept free for the line break that EndWithLineBreak may add.
            if (_bytes.Length - _length <= MinReadBytes)
            {
                Grow();
            }

            int read = await stream.ReadAsync(_bytes.AsMemory(_length, _bytes.Length - _length - 1), cancel);
            if (read == 0)
            {
                return true;
            }

            _length += read;
            if (limit > 0 && _length > limit)
            {
                return false;
            }
        }
    }

    /// <summary>Adds the final line break that Prometheus text may lack.</summary>
    public void EndWithLineBreak()
    {
        if (_length > 0 && _bytes[_length - 1] != '\n')
        {
            _bytes[_length++] = (byte)'\n';
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Page.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
