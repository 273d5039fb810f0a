using AmpEdge.IngestServer.Tests.Tsdb.Chunks;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

public sealed class HistogramBodyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_is_written_is_read_back_and_cut_bytes_never_are(bool isFloat)
    {
        Gen gen = Gen.Create(isFloat ? 301 : 302);
        Histogram read = new();
        for (int round = 0; round < 40; round++)
        {
            RandomHistograms history = new(gen, isFloat);
            for (int step = 0; step < 10; step++)
            {
                Histogram histogram = history.Next();
                byte[] body = Write(histogram);
                Assert.True(HistogramBody.TryRead(body, read), gen.ToString());
                Assert.Equal(RandomHistograms.Describe(0, histogram), RandomHistograms.Describe(0, read));
                Assert.Equal(Convert.ToHexString(body), Convert.ToHexString(Write(read)));
                for (int length = 0; length < body.Length; length++)
                {
                    Assert.False(HistogramBody.TryRead(body.AsSpan(0, length), read), $"{length} of {body.Length}, {gen}");
                }

                Assert.False(HistogramBody.TryRead([.. body, 0], read));
            }
        }
    }

    [Fact]
    public void Damaged_bytes_are_no_histogram_or_another_one()
    {
        Gen gen = Gen.Create(303);
        Histogram read = new();
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = gen.Mutate(Write(new RandomHistograms(gen, gen.Bool()).Next()));
            if (HistogramBody.TryRead(damaged, read))
            {
                Assert.True(read.IsStale || read.FindProblem() is null, gen.ToString());
            }
        }
    }

    [Fact]
    public void The_hint_is_no_part_of_what_makes_two_the_same()
    {
        Histogram histogram = new() { Count = 2, ZeroCount = 2, Sum = 1 };
        byte[] unknown = Write(histogram);
        histogram.CounterResetHint = CounterResetHint.Gauge;
        byte[] gauge = Write(histogram);
        Assert.NotEqual(unknown, gauge);
        Assert.True(HistogramBody.AreSame(unknown, gauge));
        histogram.Sum = 2;
        Assert.False(HistogramBody.AreSame(unknown, Write(histogram)));
    }

    [Fact]
    public void A_body_has_the_bytes_of_the_format()
    {
        Histogram histogram = new() { Schema = 1, ZeroThreshold = 0.5, Sum = 3, Count = 7, ZeroCount = 1 };
        histogram.Positive.AddSpan(new HistogramSpan(-1, 2));
        histogram.Positive.AddCount(4);
        histogram.Positive.AddCount(2);

        // flags; schema 1; 0.5 and 3.0 in two bytes each; 7; 1; no spans below zero after one span of two above it.
        Assert.Equal("0002023fe002400807010101020803" + "00", Convert.ToHexStringLower(Write(histogram)));
        Assert.Equal("08", Convert.ToHexStringLower(Write(new Histogram { Sum = StaleMarker.Value })));
    }

    private static byte[] Write(Histogram histogram)
    {
        ByteBuffer target = new();
        HistogramBody.Write(target, histogram);
        return target.Written.ToArray();
    }
}
