using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class SamplesRecordTests
{
    [Fact]
    public void Samples_come_back_bit_for_bit()
    {
        Gen gen = Gen.Create(12);
        SampleList read = new();
        for (int round = 0; round < 300; round++)
        {
            SampleList written = SomeSamples(gen, gen.Pick(SampleKind.Sample, SampleKind.Histogram, SampleKind.Exemplar));
            ByteBuffer payload = new();
            SamplesRecord.Write(payload, written.Columns);

            Assert.True(payload.Length <= SamplesRecord.MaxLength(written.Columns));
            Assert.True(SamplesRecord.TryRead((byte)written.Kind, payload.Written, read), gen.ToString());
            Assert.Equal(Describe(written), Describe(read));
        }
    }

    [Fact]
    public void A_steady_scrape_takes_ten_bytes_a_sample()
    {
        SampleList samples = new();
        for (uint series = 1; series <= 1000; series++)
        {
            samples.Add(new SeriesRef(series), 1_795_344_146_821, series);
        }

        ByteBuffer payload = new();
        SamplesRecord.Write(payload, samples.Columns);

        Assert.InRange(payload.Length, 10_000, 10_020);
    }

    [Fact]
    public void A_damaged_payload_is_refused_or_read_within_its_length()
    {
        Gen gen = Gen.Create(13);
        SampleList read = new();
        ByteBuffer payload = new();
        foreach (SampleKind kind in Enum.GetValues<SampleKind>())
        {
            payload.Clear();
            SamplesRecord.Write(payload, SomeSamples(gen, kind).Columns);
            byte[] whole = payload.Written.ToArray();
            for (int cut = 0; cut < whole.Length; cut++)
            {
                Assert.False(SamplesRecord.TryRead((byte)kind, whole.AsSpan(0, cut), read));
            }

            for (int round = 0; round < 3000; round++)
            {
                byte[] damaged = gen.Mutate(whole);
                SamplesRecord.TryRead((byte)kind, damaged, read);
                Assert.True(read.Count <= damaged.Length / 3, gen.ToString());
            }
        }
    }

    private static SampleList SomeSamples(Gen gen, SampleKind kind)
    {
        SampleList samples = new(kind);
        for (int count = 1 + gen.Int(50); count > 0; count--)
        {
            samples.Add(
                new SeriesRef(1 + (uint)gen.Int(int.MaxValue)),
                gen.OneIn(3) ? gen.Long() >> 2 : 1_795_344_146_821,
                kind == SampleKind.Histogram ? 0 : gen.AnyDouble(),
                kind == SampleKind.Sample ? [] : gen.Bytes(gen.Int(200)));
        }

        return samples;
    }

    private static List<(SeriesRef Series, long TimestampMs, long Bits, string Payload)> Describe(SampleList samples)
    {
        List<(SeriesRef, long, long, string)> described = [];
        for (int index = 0; index < samples.Count; index++)
        {
            described.Add((
                samples.Columns.Series[index],
                samples.Columns.TimestampsMs[index],
                BitConverter.DoubleToInt64Bits(samples.Columns.Values[index]),
                Convert.ToHexString(samples.Columns.Payload(index))));
        }

        return described;
    }
}
