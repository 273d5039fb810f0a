using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.Caching;

/// <summary>
/// Stands in for the body of an answer: keeps what is written, so that a caller who reads slowly holds up nobody who shares
/// the answer. What grows beyond its bound goes on to the caller, and so does all that follows.
/// </summary>
internal sealed class CapturedBody(Stream caller, PooledBody kept, long maxBytes) : Stream
{
    /// <summary>True when the answer was too large to be kept.</summary>
    public bool IsPassing { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int taken = IsPassing ? 0 : Keep(buffer.Span);
        if (!IsPassing && taken < buffer.Length)
        {
            IsPassing = true;
            await kept.CopyToAsync(caller, cancellationToken);
        }

        if (IsPassing)
        {
            await caller.WriteAsync(buffer[taken..], cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("answers are written asynchronously");

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        IsPassing ? caller.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
        // What is kept is sent at the end; what passes is flushed asynchronously.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>How many of the bytes there was room for.</summary>
    private int Keep(ReadOnlySpan<byte> bytes)
    {
        int before = kept.Length;
        if (before + bytes.Length <= maxBytes)
        {
            // Without memory for all of them it takes some.
            _ = kept.TryAppend(bytes, expectedBytes: 0);
        }

        return kept.Length - before;
    }
}
