using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape.Plain;

/// <summary>The body of an answer, freed of its framing (RFC 9112, 6 and 7). Ends as told or throws.</summary>
internal sealed class AnswerBody : ReadOnceStream
{
    /// <summary>A chunk's size with its extensions, or a line of a trailer.</summary>
    private const int MaxLineBytes = 1024;

    /// <summary>Trailers say nothing about a page, and a target may not go on with them for ever.</summary>
    private const int MaxTrailerLines = 100;

    private readonly ReceiveBuffer _buffer;
    private BodyFraming _framing;

    /// <summary>What is missing of the body, or of the chunk in hand.</summary>
    private long _left;
    private bool _isInChunk;

    /// <param name="buffer">Holds what came behind the head, and takes the rest.</param>
    public AnswerBody(ReceiveBuffer buffer) => _buffer = buffer;

    /// <summary>True when all of it was read: the next answer may follow.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Begins a body.</summary>
    public void Begin(in AnswerHead head)
    {
        _framing = head.Framing;
        _left = head.ContentLength;
        _isInChunk = false;
        HasEnded = _framing == BodyFraming.Length && _left == 0;
    }

    /// <exception cref="IOException">The connection ends within the body.</exception>
    /// <exception cref="InvalidDataException">Its chunks are malformed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HasEnded || buffer.IsEmpty)
        {
            return 0;
        }

        if (_framing == BodyFraming.Chunked && _left == 0 && !await BeginChunkAsync(cancellationToken))
        {
            HasEnded = true;
            return 0;
        }

        int room = _framing == BodyFraming.UntilClose ? buffer.Length : (int)Math.Min(buffer.Length, _left);
        int read = await _buffer.ReadAsync(buffer[..room], isFramed: _framing == BodyFraming.Chunked, cancellationToken);
        if (_framing == BodyFraming.UntilClose)
        {
            HasEnded = read == 0;
            return read;
        }

        if (read == 0)
        {
            throw ReceiveBuffer.EndedEarly();
        }

        _left -= read;
        HasEnded = _framing == BodyFraming.Length && _left == 0;
        return read;
    }

    /// <summary>Reads up to the content of the next chunk; false behind the last one.</summary>
    private async ValueTask<bool> BeginChunkAsync(CancellationToken cancel)
    {
        if (_isInChunk && (await _buffer.ReadLineAsync(MaxLineBytes, cancel)).Length > 0)
        {
            throw new InvalidDataException("a chunk of the body is longer than its size");
        }

        _left = SizeOf((await _buffer.ReadLineAsync(MaxLineBytes, cancel)).Span);
        _isInChunk = true;
        if (_left > 0)
        {
            return true;
        }

        for (int line = 0; line < MaxTrailerLines; line++)
        {
            if ((await _buffer.ReadLineAsync(MaxLineBytes, cancel)).IsEmpty)
            {
                return false;
            }
        }

        throw new InvalidDataException($"the body has more than {MaxTrailerLines} trailers");
    }

    private static long SizeOf(ReadOnlySpan<byte> line) =>
        HttpFraming.TryReadChunkSize(line, out long size) ? size : throw new InvalidDataException("a chunk of the body has no size");
}
