using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Chunks;

public sealed class HistogramChunkTests
{
    /// <summary>
    /// Two integer histograms, worked out by hand from the format. Header: two samples, nothing known. Threshold 2^-128: 116.
    /// Schema 1: 10 001. One positive span: 10 001, length 2: 10 010, offset 0: 0. No negative one: 0. Time 5: 110 000101.
    /// Count 4: 10 100. Zero count 1: 10 001. Sum 3.0. Buckets 1 and 2, as 1 and 1 more: 10 001, 10 001.
    /// Then, ten ms later, one observation more in the second bucket, sum 5.0: time 10: 110 001010, count 1: 10 001, zero
    /// count: 0, sum xor 0x001C..: 11, 11 leading zeros 01011, 3 significant 000011, 111; buckets 0 and 1: 0, 10 001.
    /// </summary>
    [Fact]
    public void A_chunk_has_the_bytes_of_the_format()
    {
        HistogramChunk chunk = new();
        chunk.Start(5, Simple(1, 2, 4, 3.0), CounterResetHeader.Unknown);
        chunk.Append(15, Simple(1, 3, 5, 5.0));

        string bits = "";
        foreach (byte part in chunk.Bytes)
        {
            bits += Convert.ToString(part, 2).PadLeft(8, '0');
        }

        string sum = Convert.ToString(BitConverter.DoubleToInt64Bits(3.0), 2).PadLeft(64, '0');
        string expected = "0000000000000010" + "00000000" + "01110100" + "10001" + "10001" + "10010" + "0" + "0"
            + "110000101" + "10100" + "10001" + sum + "10001" + "10001"
            + "110001010" + "10001" + "0" + "11" + "01011" + "000011" + "111" + "0" + "10001";
        Assert.Equal(expected.PadRight((expected.Length + 7) / 8 * 8, '0'), bits);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    public void Whatever_is_written_is_read_back(bool isFloat, int seed)
    {
        Gen gen = Gen.Create(seed);
        for (int round = 0; round < 30; round++)
        {
            RandomHistograms source = new(gen, isFloat);
            List<string> written = [];
            List<string> read = [];
            HistogramChunk chunk = new();
            long timeMs = gen.Long() >> 10;
            for (int sample = 0; sample < 150; sample++, timeMs += gen.Pick(1, 15_000, 15_001, 1 << 30))
            {
                Histogram histogram = source.Next();
                written.Add(RandomHistograms.Describe(timeMs, histogram));
                if (chunk.Samples == 0)
                {
                    chunk.Start(timeMs, histogram, HistogramChunk.HeaderOf(histogram));
                }
                else if (chunk.Takes(histogram, out CounterResetHeader next) && !chunk.IsFull)
                {
                    if (gen.OneIn(10))
                    {
                        byte[] soFar = chunk.Bytes.ToArray();
                        chunk = new HistogramChunk();
                        Assert.True(chunk.TryResume(soFar, isFloat), gen.ToString());
                        Assert.Equal(soFar, chunk.Bytes.ToArray());
                    }

                    chunk.Append(timeMs, histogram);
                }
                else
                {
                    Read(chunk.Bytes, isFloat, read);
                    chunk.Start(timeMs, histogram, next);
                }
            }

            Read(chunk.Bytes, isFloat, read);
            Assert.True(string.Join('\n', written) == string.Join('\n', read), $"{gen} round {round}\n{string.Join('\n', written)}\n---\n{string.Join('\n', read)}");
        }
    }

    [Fact]
    public void A_counter_that_falls_begins_a_chunk_that_says_so()
    {
        HistogramChunk chunk = new();
        chunk.Start(5, Simple(2, 2, 5, 3.0), CounterResetHeader.Unknown);

        Assert.True(chunk.Takes(Simple(2, 3, 6, 3.0), out CounterResetHeader next));
        Assert.Equal(CounterResetHeader.NotReset, next);
        Assert.False(chunk.Takes(Simple(1, 9, 11, 3.0), out next));
        Assert.Equal(CounterResetHeader.Reset, next);
        Assert.False(chunk.Takes(Simple(2, 2, 4, 3.0), out next));
        Assert.Equal(CounterResetHeader.Reset, next);

        Histogram finer = Simple(2, 3, 6, 3.0);
        finer.Schema = 2;
        Assert.False(chunk.Takes(finer, out next));
        Assert.Equal(CounterResetHeader.Unknown, next);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cut_and_damaged_chunks_never_do_worse_than_end(bool isFloat)
    {
        Gen gen = Gen.Create(8);
        HistogramNumbers numbers = new();
        Histogram histogram = new();
        for (int round = 0; round < 100; round++)
        {
            RandomHistograms source = new(gen, isFloat);
            HistogramChunk chunk = new();
            chunk.Start(1000, source.Next(), CounterResetHeader.Unknown);
            for (int sample = 0; sample < 20; sample++)
            {
                Histogram next = source.Next();
                if (chunk.Takes(next, out _))
                {
                    chunk.Append(2000 + sample, next);
                }
            }

            byte[] whole = chunk.Bytes.ToArray();
            for (int edit = 0; edit < 10; edit++)
            {
                byte[] bytes = gen.Bool() ? whole[..gen.Int(whole.Length)] : gen.Mutate(whole);
                HistogramDecoder decoder = new(bytes, isFloat, numbers);
                while (decoder.MoveNext())
                {
                    numbers.CopyTo(histogram, decoder.Hint);
                }

                Assert.True(decoder.Read <= ushort.MaxValue, gen.ToString());
            }

            for (int length = 0; length < whole.Length; length++)
            {
                HistogramDecoder cut = new(whole.AsSpan(0, length), isFloat, numbers);
                while (cut.MoveNext())
                {
                }

                Assert.True(cut.Corrupt, $"cut at {length} of {whole.Length}, {gen}");
            }
        }
    }

    private static void Read(ReadOnlySpan<byte> chunk, bool isFloat, List<string> read)
    {
        HistogramNumbers numbers = new();
        Histogram histogram = new();
        HistogramDecoder decoder = new(chunk, isFloat, numbers);
        while (decoder.MoveNext())
        {
            numbers.CopyTo(histogram, decoder.Hint);
            read.Add(RandomHistograms.Describe(decoder.TimestampMs, histogram));
        }

        Assert.False(decoder.Corrupt);
    }

    private static Histogram Simple(long first, long second, ulong count, double sum)
    {
        Histogram histogram = new() { Schema = 1, ZeroThreshold = Math.ScaleB(1, -128), ZeroCount = 1, Count = count, Sum = sum };
        histogram.Positive.AddSpan(new HistogramSpan(0, 2));
        histogram.Positive.AddCount(first);
        histogram.Positive.AddCount(second);
        return histogram;
    }
}
