using System.Buffers;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>A whole request body in pooled memory. Grown while it is read; disposing gives memory and budget back.</summary>
internal sealed class PooledBody(BodyBudget budget) : IDisposable
{
    /// <summary>The least that is held of a body.</summary>
    public const int FirstBytes = 16 << 10;

    private readonly Lock _bufferLock = new();
    private byte[] _buffer = [];
    private int _holders;
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
    /// The whole body, which stays in place until it is let go of, disposed or not: a connection that is being given up may
    /// still send from it. False after disposal.
    /// </summary>
    public bool TryHold(out ReadOnlyMemory<byte> bytes)
    {
        lock (_bufferLock)
        {
            bytes = _buffer.AsMemory(0, Length);
            _holders += _disposed ? 0 : 1;
            return !_disposed;
        }
    }

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    public void LetGo()
    {
        lock (_bufferLock)
        {
            _holders--;
            GiveBackIfUnused();
        }
    }

    public void Dispose()
    {
        lock (_bufferLock)
        {
            _disposed = true;
            GiveBackIfUnused();
        }
    }

    private void GiveBackIfUnused()
    {
        if (_disposed && _holders == 0)
        {
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
