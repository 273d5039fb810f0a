namespace AmpEdge.Prometheus;

/// <summary>
/// Writes the frames of a streamed remote read answer: each is a <c>prometheus.ChunkedReadResponse</c> with chunks of one
/// series, which may go on in the next frame. Reused from series to series; one thread.
/// </summary>
/// <remarks>
/// <code>
///   | length uvarint | CRC-32C of the message 4, big-endian | message |
/// </code>
/// </remarks>
/// <param name="output">Takes whole frames.</param>
/// <param name="maxFrameBytes">A frame is ended with the chunk that brings it to so many bytes.</param>
public sealed class ReadFrames(ByteBuffer output, int maxFrameBytes)
{
    private const byte ResponseSeries = 1 << 3 | ProtobufField.LengthDelimited;
    private const byte ResponseQuery = 2 << 3 | ProtobufField.Varint;
    private const byte SeriesChunk = 2 << 3 | ProtobufField.LengthDelimited;
    private const byte ChunkMinTime = 1 << 3 | ProtobufField.Varint;
    private const byte ChunkMaxTime = 2 << 3 | ProtobufField.Varint;
    private const byte ChunkType = 3 << 3 | ProtobufField.Varint;
    private const byte ChunkContent = 4 << 3 | ProtobufField.LengthDelimited;

    private readonly ByteBuffer _labels = new();
    private readonly ByteBuffer _chunks = new();
    private readonly ByteBuffer _message = new();

    /// <summary>The place of the query in the request that the frames answer.</summary>
    public long QueryIndex { get; set; }

    /// <summary>Ends the series before and begins one; <paramref name="labelsBlob"/> is that of a <see cref="Labels"/>.</summary>
    public void BeginSeries(ReadOnlySpan<byte> labelsBlob)
    {
        EndFrame();
        _labels.Clear();
        foreach (LabelPair label in new LabelsEnumerator(labelsBlob))
        {
            WriteRequestV1Writer.AppendLabel(_labels, label.Name, label.Value);
        }
    }

    /// <summary>Adds a chunk, its encoding as Prometheus numbers it.</summary>
    public void AddChunk(long minTimeMs, long maxTimeMs, byte encoding, ReadOnlySpan<byte> bytes)
    {
        if (_labels.Length + _chunks.Length >= maxFrameBytes)
        {
            EndFrame();
        }

        int length = VarintFieldLength(minTimeMs) + VarintFieldLength(maxTimeMs) + VarintFieldLength(encoding)
            + 1 + Uvarint.Length((ulong)bytes.Length) + bytes.Length;
        _chunks.Append(SeriesChunk);
        _chunks.AppendUvarint((ulong)length);
        AppendVarintField(_chunks, ChunkMinTime, minTimeMs);
        AppendVarintField(_chunks, ChunkMaxTime, maxTimeMs);
        AppendVarintField(_chunks, ChunkType, encoding);
        _chunks.Append(ChunkContent);
        _chunks.AppendLengthPrefixed(bytes);
    }

    /// <summary>Writes out the chunks since the last frame; a series without chunks has no frame.</summary>
    public void EndFrame()
    {
        if (_chunks.Length == 0)
        {
            return;
        }

        _message.Clear();
        _message.Append(ResponseSeries);
        _message.AppendUvarint((ulong)(_labels.Length + _chunks.Length));
        _message.Append(_labels.Written);
        _message.Append(_chunks.Written);
        AppendVarintField(_message, ResponseQuery, QueryIndex);
        output.AppendUvarint((ulong)_message.Length);
        output.AppendUInt32BigEndian(Crc32C.Compute(_message.Written));
        output.Append(_message.Written);
        _chunks.Clear();
    }

    private static int VarintFieldLength(long value) => value == 0 ? 0 : 1 + Uvarint.Length((ulong)value);

    private static void AppendVarintField(ByteBuffer target, byte tag, long value)
    {
        if (value != 0)
        {
            target.Append(tag);
            target.AppendUvarint((ulong)value);
        }
    }
}
