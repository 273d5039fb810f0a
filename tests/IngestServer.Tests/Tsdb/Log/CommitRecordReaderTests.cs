using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Log;

public sealed class CommitRecordReaderTests
{
    /// <summary>FORMAT.md, "Commit record": one series, one family, three samples.</summary>
    private const string Golden =
        "05" + "00" + "00" + "12" + "0a100a085f5f6e616d655f5f1204" + "75707570" // series 5: {__name__="upup"}
        + "00" // end of series
        + "01" + "02" + "0475707570" + "026869" + "00" // one gauge, name, help "hi", no unit
        + "03" + "d00f" // three samples, first time 1000
        + "82" + "08" + "3ff0" // series 5 = 1 + 4; 1.0 in two bytes
        + "c1" + "01" + "d00f" + "40" // series 5 again = 6 - 1; 1000 later; 2.0 in one byte
        + "00"; // series 6, same time, 0.0

    [Fact]
    public void A_record_has_the_bytes_of_the_format()
    {
        ByteBuffer payload = new();
        CommitRecord.WriteSeries(payload, 5, TestDatabase.Raw(Labels.FromStrings("__name__", "upup")), []);
        CommitRecord.WriteEndOfSeries(payload);
        CommitRecord.WriteMetadata(payload, [new MetricMetadata("upup", MetricType.Gauge, "hi", "")]);
        CommitRecord.WriteSamples(
            payload, [new PendingSample(1, 1000, 1), new PendingSample(1, 2000, 2), new PendingSample(2, 2000, 0)], [5, 5, 6]);

        Assert.Equal(Golden, Convert.ToHexStringLower(payload.Written));
        Assert.Equal(1, (int)RecordType.Commit);
    }

    [Fact]
    public void Parts_stand_behind_the_samples()
    {
        PendingRequest request = new() { OldestLateMs = 500 };
        request.Add(1, 1000, new Histogram { Count = 1, ZeroCount = 1, Sum = 1 }, mayBeFirst: true);
        request.AddExemplar(1, 900, 0.5, TestDatabase.Raw(Labels.FromStrings("t", "x")));
        ByteBuffer payload = new();
        CommitRecord.WriteEndOfSeries(payload);
        CommitRecord.WriteMetadata(payload, []);
        CommitRecord.WriteSamples(payload, [], []);
        CommitRecord.WriteParts(payload, request, [5], [6]);

        const string Parts =
            "000000" + "03" // no series, metadata, samples; three parts
            + "01" + "e807" // samples out of order from 500 on
            + "02" + "01" + "08" + "d00f" + "0a" + "0000" + "00" + "023ff0" + "01" + "01" + "0000" // 5 = 1 + 4; 1000; its body
            + "03" + "01" + "0a" + "880e" + "023fe0" + "08" + "0a060a01741201" + "78"; // 6 = 1 + 5; 900; 0.5; {t="x"}
        Assert.Equal(Parts, Convert.ToHexStringLower(payload.Written));
        Assert.Equal(2, (int)RecordType.CommitWithParts);
        Assert.Equal((1, 2, 3), ((int)CommitPart.OldestLate, (int)CommitPart.Histograms, (int)CommitPart.Exemplars));

        byte[] bytes = payload.Written.ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(TryReadParts(bytes.AsSpan(0, length), out _), $"cut at {length} of {bytes.Length}");
        }

        Assert.True(TryReadParts(bytes, out int items));
        Assert.Equal(2, items);
        Assert.False(TryReadParts([.. bytes, 0], out _));
        Gen gen = Gen.Create(94);
        for (int round = 0; round < 2000; round++)
        {
            TryReadParts(gen.Mutate(bytes), out _);
        }
    }

    private static bool TryReadParts(ReadOnlySpan<byte> payload, out int items)
    {
        items = 0;
        CommitRecordReader reader = new(payload, new LabelScratch(), hasParts: true);
        while (reader.NextSeries())
        {
            // Only the parts are of interest.
        }

        reader.ReadMetadata([]);
        while (reader.NextSample())
        {
            // As above.
        }

        while (reader.NextPart(out CommitPart part))
        {
            while (part == CommitPart.Histograms && reader.NextHistogram(new Histogram()))
            {
                items++;
            }

            while (part == CommitPart.Exemplars && reader.NextExemplar())
            {
                items++;
            }
        }

        return !reader.Malformed;
    }

    [Fact]
    public void Whatever_is_written_is_read_back()
    {
        Gen gen = Gen.Create(91);
        for (int round = 0; round < 300; round++)
        {
            PendingSample[] samples = RandomSamples(gen);
            ByteBuffer payload = Write(gen, samples, out List<string> labels);

            CommitRecordReader reader = new(payload.Written, new LabelScratch());
            int series = 0;
            while (reader.NextSeries())
            {
                Assert.Equal(labels[series], Convert.ToHexString(reader.Labels));
                series++;
            }

            List<MetricMetadata> metadata = [];
            reader.ReadMetadata(metadata);
            int index = 0;
            while (reader.NextSample())
            {
                Assert.True(
                    samples[index].Series == reader.Number && samples[index].TimestampMs == reader.TimestampMs
                    && BitConverter.DoubleToUInt64Bits(samples[index].Value) == BitConverter.DoubleToUInt64Bits(reader.Value),
                    gen.ToString());
                index++;
            }

            Assert.False(reader.Malformed, gen.ToString());
            Assert.Equal((labels.Count, samples.Length), (series, index));
        }
    }

    [Fact]
    public void A_record_cut_at_any_byte_is_called_malformed()
    {
        Gen gen = Gen.Create(92);
        byte[] payload = Write(gen, RandomSamples(gen), out _).Written.ToArray();
        for (int length = 0; length < payload.Length; length++)
        {
            Assert.True(IsMalformed(payload.AsSpan(0, length)), $"cut at {length} of {payload.Length}, {gen}");
        }

        Assert.True(IsMalformed([.. payload, 0]));
        Assert.False(IsMalformed(payload));
    }

    [Fact]
    public void Damaged_records_never_do_worse_than_being_refused()
    {
        Gen gen = Gen.Create(93);
        using TestDatabase test = new();
        for (int round = 0; round < 1500; round++)
        {
            byte[] damaged = gen.Mutate(Write(gen, RandomSamples(gen), out _).Written);
            IsMalformed(damaged);
        }
    }

    private static bool IsMalformed(ReadOnlySpan<byte> payload)
    {
        CommitRecordReader reader = new(payload, new LabelScratch());
        while (reader.NextSeries())
        {
        }

        reader.ReadMetadata([]);
        while (reader.NextSample())
        {
        }

        return reader.Malformed;
    }

    private static PendingSample[] RandomSamples(Gen gen)
    {
        PendingSample[] samples = new PendingSample[gen.Int(1, 40)];
        uint series = 1;
        long timestampMs = gen.OneIn(4) ? gen.Long() : 1_700_000_000_000;
        for (int index = 0; index < samples.Length; index++)
        {
            series = gen.OneIn(4) ? 1 + (uint)gen.Int(int.MaxValue) : series + 1;
            timestampMs += gen.OneIn(4) ? gen.Int(100_000) - 50_000 : 0;
            double value = gen.Pick(0.0, 1.0, -3.5, double.NaN, StaleMarker.Value, gen.AnyDouble());
            samples[index] = new PendingSample(series, timestampMs, value);
        }

        return samples;
    }

    private static ByteBuffer Write(Gen gen, PendingSample[] samples, out List<string> described)
    {
        ByteBuffer payload = new();
        described = [];
        byte[] previous = [];
        int count = gen.Int(5);
        for (int index = 0; index < count; index++)
        {
            byte[] labels = TestDatabase.Raw(Labels.FromStrings(
                "__name__", gen.Pick("m", "metric"), "x", gen.Text("abc\"ü", 20) + "x", "y", gen.Text("z", 150)));
            CommitRecord.WriteSeries(payload, samples[0].Series + (uint)index, labels, previous);
            described.Add(Convert.ToHexString(labels));
            previous = labels;
        }

        CommitRecord.WriteEndOfSeries(payload);
        CommitRecord.WriteMetadata(payload, gen.Bool() ? [] : [new MetricMetadata("m", MetricType.Info, "h\n", "s")]);
        CommitRecord.WriteSamples(payload, samples, Array.ConvertAll(samples, static sample => sample.Series));
        return payload;
    }
}
