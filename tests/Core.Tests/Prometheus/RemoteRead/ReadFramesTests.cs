using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteRead;

public sealed class ReadFramesTests
{
    private static readonly Labels s_series = Labels.FromStrings("a", "b");

    [Fact]
    public void A_frame_is_its_length_the_checksum_of_its_message_and_the_message()
    {
        ByteBuffer output = new();
        ReadFrames frames = new(output, 1 << 20) { QueryIndex = 1 };
        frames.BeginSeries(s_series.Blob);
        frames.AddChunk(5, 7, 1, [0xAA, 0xBB]);
        frames.EndFrame();

        // ChunkedReadResponse { chunked_series { labels { name, value } chunks { min, max, type, data } } query_index }
        byte[] message = Convert.FromHexString("0A" + "14" + "0A06" + "0A0161" + "120162" + "120A" + "0805" + "1007" + "1801" + "2202AABB" + "1001");
        Assert.Equal(message.Length, output.Written[0]);
        Assert.Equal(Crc32C.Compute(message), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(output.Written[1..]));
        Assert.Equal(message, output.Written[5..].ToArray());
    }

    [Fact]
    public void A_series_without_chunks_has_no_frame_and_one_over_the_bound_goes_on_in_the_next()
    {
        ByteBuffer output = new();
        ReadFrames frames = new(output, 100);
        frames.BeginSeries(s_series.Blob);
        frames.EndFrame();
        Assert.Equal(0, output.Length);
        for (int chunk = 0; chunk < 6; chunk++)
        {
            frames.AddChunk(chunk, chunk, 1, new byte[40]);
        }

        frames.EndFrame();
        int count = 0;
        for (ReadOnlySpan<byte> rest = output.Written; !rest.IsEmpty; count++)
        {
            Assert.True(Uvarint.TryRead(rest, out ulong length, out int read));
            Assert.InRange((int)length, 8, 100 + 60);
            rest = rest[(read + sizeof(uint) + (int)length)..];
        }

        Assert.Equal(3, count);
    }
}
