using System.Buffers;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape.Plain;

/// <summary>What has come over a connection and was not read yet; rented for the time of one exchange.</summary>
internal sealed class ReceiveBuffer : IDisposable
{
    /// <summary>A head with all its fields, as with the general client.</summary>
    public const int MaxHeadBytes = 64 << 10;

    private const int FirstBytes = 8 << 10;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>Where more comes from.</summary>
    public PlainConnection? Connection { get; set; }

    public bool IsEmpty => _start == _end;

    /// <summary>Reads an answer's head, up to and including the empty line; what is returned is valid until the next call. Empty when it is too long.</summary>
    /// <exception cref="IOException">The connection ends before; <see cref="IsEmpty"/> tells whether within the head.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadHeadAsync(CancellationToken cancel)
    {
        int searched = 0;
        while (true)
        {
            int end = HttpFraming.EndOfHead(_bytes.AsSpan(_start, _end - _start), searched);
            if (end >= 0)
            {
                _start += end;
                return _bytes.AsMemory(_start - end, end);
            }

            searched = _end - _start;
            if (searched >= MaxHeadBytes)
            {
                return default;
            }

            await FillAsync(cancel);
        }
    }

    /// <summary>Reads a line and returns it without its end; valid until the next call.</summary>
    /// <exception cref="IOException">The connection ends before.</exception>
    /// <exception cref="InvalidDataException">It is longer than <paramref name="maxBytes"/>.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(int maxBytes, CancellationToken cancel)
    {
        while (true)
        {
            int length = _bytes.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if ((length < 0 ? _end - _start : length) > maxBytes)
            {
                throw new InvalidDataException($"a line within the chunked body is longer than {maxBytes} bytes");
            }

            if (length >= 0)
            {
                _start += length + 1;
                Memory<byte> line = _bytes.AsMemory(_start - length - 1, length);
                return line.Span.EndsWith("\r"u8) ? line[..^1] : line;
            }

            await FillAsync(cancel);
        }
    }

    /// <summary>Reads up to as many bytes as there is room for; 0 at the end of the connection.</summary>
    /// <param name="room">Gets them.</param>
    /// <param name="isFramed">Lines follow soon: what comes beyond is taken, too, to be read later.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async ValueTask<int> ReadAsync(Memory<byte> room, bool isFramed, CancellationToken cancel)
    {
        if (IsEmpty && isFramed)
        {
            (_start, _end) = (0, 0);
            _end = await Connected.ReceiveAsync(_bytes, cancel);
        }

        if (IsEmpty)
        {
            return isFramed ? 0 : await Connected.ReceiveAsync(room, cancel);
        }

        int count = Math.Min(room.Length, _end - _start);
        _bytes.AsSpan(_start, count).CopyTo(room.Span);
        _start += count;
        return count;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        (_start, _end) = (0, 0);
    }

    /// <summary>Why an answer that ends too early fails.</summary>
    public static IOException EndedEarly() => new("unexpected EOF: the connection ended within the answer");

    private PlainConnection Connected => Connection ?? throw new InvalidOperationException("there is no connection");

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        MakeRoom();
        int received = await Connected.ReceiveAsync(_bytes.AsMemory(_end), cancel);
        if (received == 0)
        {
            throw EndedEarly();
        }

        _end += received;
    }

    private void MakeRoom()
    {
        int length = _end - _start;
        if (_end < _bytes.Length)
        {
            return;
        }

        byte[] target = _start > 0 ? _bytes : ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, _bytes.Length * 2));
        _bytes.AsSpan(_start, length).CopyTo(target);
        if (target != _bytes && _bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = target;
        (_start, _end) = (0, length);
    }
}
