namespace AmpEdge.Proxy.Forwarding;

/// <summary>Bytes that were read ahead, then the stream they came from.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : AnswerStream(rest)
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    public override int Read(byte[] buffer, int offset, int count) =>
        TakePrefix(buffer.AsSpan(offset, count)) is var taken and > 0 ? taken : Inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        TakePrefix(buffer.Span) is var taken and > 0
            ? ValueTask.FromResult(taken)
            : Inner.ReadAsync(buffer, cancellationToken);

    private int TakePrefix(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _prefix.Length);
        _prefix.Span[..count].CopyTo(destination);
        _prefix = _prefix[count..];
        return count;
    }
}
