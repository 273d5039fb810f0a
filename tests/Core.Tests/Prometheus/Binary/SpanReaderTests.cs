using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class SpanReaderTests
{
    [Fact]
    public void What_a_writer_and_a_buffer_wrote_is_read_back()
    {
        byte[] place = new byte[64];
        SpanWriter writer = new(place);
        ByteBuffer buffer = new(1);
        writer.WriteByte(7);
        buffer.Append(7);
        writer.WriteUInt32BigEndian(0x01020304);
        buffer.AppendUInt32BigEndian(0x01020304);
        writer.WriteUInt64LittleEndian(5);
        buffer.AppendUInt64LittleEndian(5);
        writer.WriteUvarint(300);
        buffer.AppendUvarint(300);
        writer.WriteVarint(-3);
        buffer.AppendVarint(-3);
        writer.WriteDoubleLittleEndian(StaleMarker.Value);
        buffer.AppendDoubleLittleEndian(StaleMarker.Value);
        writer.WriteLengthPrefixed("abc"u8);
        buffer.AppendLengthPrefixed("abc"u8);

        Assert.False(writer.Overflowed);
        Assert.Equal(writer.Written.ToArray(), buffer.Written.ToArray());
        SpanReader reader = new(writer.Written);
        Assert.Equal(7, reader.ReadByte());
        Assert.Equal(0x01020304u, reader.ReadUInt32BigEndian());
        Assert.Equal(5ul, reader.ReadUInt64LittleEndian());
        Assert.Equal(300ul, reader.ReadUvarint());
        Assert.Equal(-3, reader.ReadVarint());
        Assert.True(StaleMarker.IsStale(reader.ReadDoubleLittleEndian()));
        Assert.Equal("abc"u8.ToArray(), reader.ReadLengthPrefixed().ToArray());
        Assert.True(reader.AtEnd);
        Assert.False(reader.Truncated);
    }

    [Fact]
    public void A_read_past_the_end_is_remembered_and_yields_zeros()
    {
        SpanReader reader = new([1, 2, 3]);

        Assert.Equal(0u, reader.ReadUInt32LittleEndian());
        Assert.True(reader.Truncated);
        Assert.Equal(0, reader.ReadByte());
        Assert.True(reader.Truncated);
    }

    [Fact]
    public void A_length_beyond_the_payload_is_a_truncation()
    {
        SpanReader reader = new([0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1]);

        Assert.True(reader.ReadLengthPrefixed().IsEmpty);
        Assert.True(reader.Truncated);
    }

    [Fact]
    public void A_writer_that_is_full_writes_nothing_more()
    {
        SpanWriter writer = new(new byte[5]);
        writer.WriteUInt32BigEndian(1);
        writer.WriteUInt32BigEndian(2);
        writer.WriteByte(3);

        Assert.True(writer.Overflowed);
        Assert.Equal(4, writer.Length);
    }
}
