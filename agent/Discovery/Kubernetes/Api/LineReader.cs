using System.Buffers;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Cuts a stream into lines, however the network cuts it into chunks. Waiting for the next line needs little room,
/// since a watch waits most of its life.
/// </summary>
internal sealed class LineReader : IDisposable
{
    private const int UsualBufferBytes = 16 << 10;

    private readonly Stream _stream;
    private readonly int _maxLineBytes;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(UsualBufferBytes);
    private int _lineStart;
    private int _searched;
    private int _used;

    /// <param name="stream">Read only through this reader; not disposed of here.</param>
    /// <param name="maxLineBytes">A longer line is refused.</param>
    public LineReader(Stream stream, int maxLineBytes)
    {
        _stream = stream;
        _maxLineBytes = maxLineBytes;
    }

    /// <summary>
    /// The next line without its end, valid until the next call; null at the end of the stream, where what follows the
    /// last line end is half a line and of no use.
    /// </summary>
    /// <exception cref="KubernetesException">The line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            int end = _buffer.AsSpan(_searched, _used - _searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_lineStart, _searched + end - _lineStart);
                _lineStart = _searched = _searched + end + 1;
                return line;
            }

            _searched = _used;
            MakeRoom();
            int read = await _stream.ReadAsync(_buffer.AsMemory(_used), cancel);
            if (read == 0)
            {
                return null;
            }

            _used += read;
        }
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _lineStart = _searched = _used = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeRoom()
    {
        int waiting = _used - _lineStart;
        if (waiting == 0 && _buffer.Length > UsualBufferBytes * 4)
        {
            Replace(UsualBufferBytes, 0);
        }
        else if (_lineStart > 0)
        {
            _buffer.AsSpan(_lineStart, waiting).CopyTo(_buffer);
        }

        (_lineStart, _searched, _used) = (0, _searched - _lineStart, waiting);
        if (_used < _buffer.Length)
        {
            return;
        }

        if (_used >= _maxLineBytes)
        {
            throw new KubernetesException($"the watch sent a line of more than {_maxLineBytes} bytes");
        }

        Replace(_buffer.Length * 2, waiting);
    }

    private void Replace(int size, int keep)
    {
        byte[] other = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, keep).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
