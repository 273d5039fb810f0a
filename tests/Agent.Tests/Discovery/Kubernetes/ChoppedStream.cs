namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>Gives its bytes in pieces of the sizes that it is told, as a network may.</summary>
internal sealed class ChoppedStream(byte[] bytes, Func<int> nextSize) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int size = Math.Min(Math.Min(nextSize(), count), bytes.Length - _at);
        bytes.AsMemory(_at, size).CopyTo(buffer.AsMemory(offset));
        _at += size;
        return size;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int size = Math.Min(Math.Min(nextSize(), buffer.Length), bytes.Length - _at);
        bytes.AsMemory(_at, size).CopyTo(buffer);
        _at += size;
        return ValueTask.FromResult(size);
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
