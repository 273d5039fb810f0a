using System.Buffers;

namespace AmpEdge.IngestServer.DataPlane;

/// <summary>A request body read whole into one pooled array; <see cref="Dispose"/> gives the array back.</summary>
internal sealed class PooledBody : IDisposable
{
    /// <summary>First array for a body that does not say its length.</summary>
    private const int FirstBytes = 16 * 1024;

    private byte[] _bytes;

    private PooledBody(byte[] bytes, int length)
    {
        _bytes = bytes;
        Length = length;
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Reads to the end; null when the body is longer than <paramref name="maxBytes"/>.</summary>
    /// <remarks>
    /// A stated length over the limit is refused unread, and otherwise memory grows with the bytes that have arrived,
    /// never with the length that was promised.
    /// </remarks>
    public static async ValueTask<PooledBody?> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancel)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        if (request.ContentLength is 0)
        {
            return new PooledBody([], 0);
        }

        // One byte more than promised, so that the read that finds the end needs no larger array.
        int first = (int)Math.Min(request.ContentLength + 1 ?? FirstBytes, Math.Min(maxBytes + 1, 128 * 1024));
        PooledBody body = new(ArrayPool<byte>.Shared.Rent(Math.Max(first, 1)), 0);
        try
        {
            if (await body.FillAsync(request.Body, maxBytes, cancel))
            {
                PooledBody whole = body;
                body = new PooledBody([], 0);
                return whole;
            }

            return null;
        }
        finally
        {
            body.Dispose();
        }
    }

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async ValueTask<bool> FillAsync(Stream source, long maxBytes, CancellationToken cancel)
    {
        while (true)
        {
            if (Length == _bytes.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
                Span.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            int read = await source.ReadAsync(_bytes.AsMemory(Length), cancel);
            if (read == 0)
            {
                return true;
            }

            Length += read;
            if (Length > maxBytes)
            {
                return false;
            }
        }
    }
}
