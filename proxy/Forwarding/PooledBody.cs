using System.Buffers;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>A whole request body in pooled memory. Grown while it is read; disposing gives memory and budget back.</summary>
internal sealed class PooledBody(BodyBudget budget) : IDisposable
{
    private const int FirstBytes = 16 << 10;

    private readonly Lock _bufferLock = new();
    private byte[] _buffer = [];
    private bool _disposed;

    /// <summary>Bytes of the body so far.</summary>
    public int Length { get; private set; }

    /// <summary>The rest of the buffer, to be read into; empty when <see cref="TryGrow"/> must come first.</summary>
    public Memory<byte> Free => _buffer.AsMemory(Length);

    /// <summary>What was read, for steps of the request itself: it ends with the body.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(0, Length);

    /// <summary>Hex of the body's SHA-256.</summary>
    public string Hash() => PayloadHash.Of(Content);

    /// <summary>Makes room for more, at least doubling; false when the budget has none.</summary>
    public bool TryGrow(int wantedBytes)
    {
        int length = Math.Max(Math.Max(FirstBytes, 2 * _buffer.Length), wantedBytes);
        if (!budget.TryReserve(length - _buffer.Length))
        {
            return false;
        }

        // The pool may give more than was asked for: that is held too.
        byte[] larger = ArrayPool<byte>.Shared.Rent(length);
        budget.Take(larger.Length - length);
        _buffer.AsSpan(0, Length).CopyTo(larger);
        GiveBack(_buffer);
        _buffer = larger;
        return true;
    }

    /// <summary>Counts bytes that were read into <see cref="Free"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>
    /// Copies from the body; returns 0 at its end and after disposal. An upstream connection that is being given up may
    /// still read while the request has ended, and must not see what the pool's next user writes.
    /// </summary>
    public int Read(int offset, Span<byte> destination)
    {
        lock (_bufferLock)
        {
            if (_disposed)
            {
                return 0;
            }

            int count = Math.Min(destination.Length, Length - offset);
            _buffer.AsSpan(offset, count).CopyTo(destination);
            return count;
        }
    }

    public void Dispose()
    {
        lock (_bufferLock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            budget.Release(_buffer.Length);
            GiveBack(_buffer);
            _buffer = [];
        }
    }

    private static void GiveBack(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
#if DEBUG
            // A stale read shows in tests.
            buffer.AsSpan().Fill(0xDD);
#endif
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
