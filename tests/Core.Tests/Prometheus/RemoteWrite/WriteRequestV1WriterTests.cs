using System.Text;
using AmpEdge.Core.Tests.Prometheus.RemoteWrite.Wire;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Google.Protobuf;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

public sealed class WriteRequestV1WriterTests
{
    [Fact]
    public void Messages_have_the_bytes_of_the_generated_classes()
    {
        Gen gen = Gen.Create(8);
        for (int round = 0; round < 300; round++)
        {
            WriteRequestMessage message = WriteRequestV1ReaderTests.SomeMessage(gen);
            ByteBuffer request = new();
            foreach (TimeSeriesMessage series in message.Timeseries)
            {
                Append(series, request);
            }

            foreach (MetadataMessage metadata in message.Metadata)
            {
                WriteRequestV1Writer.AppendMetadata(
                    request,
                    (uint)metadata.Type,
                    Encoding.UTF8.GetBytes(metadata.FamilyName),
                    Encoding.UTF8.GetBytes(metadata.Help),
                    Encoding.UTF8.GetBytes(metadata.Unit));
            }

            Assert.True(message.ToByteArray().AsSpan().SequenceEqual(request.Written), $"{gen} round {round}");
        }
    }

    [Fact]
    public void Series_written_in_place_have_the_bytes_of_those_written_by_blocks_and_say_where_their_parts_begin()
    {
        Gen gen = Gen.Create(9);
        ByteBuffer inPlace = new(1);
        ByteBuffer byBlocks = new();
        ByteBuffer block = new();
        ByteBuffer fields = new();
        PartStarts parts = new();
        for (int round = 0; round < 2000; round++)
        {
            // From no label at all to series whose length takes three bytes, and names and values around 128 bytes.
            LabelsBuilder builder = new();
            for (int count = gen.Int(8); count > 0; count--)
            {
                builder.Set(Encoding.UTF8.GetBytes($"label_{count}{new string('n', gen.Pick(0, 3, 10, 110))}"), gen.Bytes(gen.Pick(1, 5, 20, 50, 116, 130, 9000)));
            }

            Labels labels = builder.Build();
            block.Clear();
            fields.Clear();
            foreach (LabelPair label in labels)
            {
                WriteRequestV1Writer.AppendLabel(block, label.Name, label.Value);
            }

            WriteRequestV1Writer.AppendSample(fields, gen.Pick(0, 1_795_344_146_821), gen.Pick(0, 1.5));
            WriteRequestV1Writer.AppendTimeSeries(byBlocks, block.Written, fields.Written);

            int first = parts.Count;
            int start = WriteRequestV1Writer.BeginTimeSeries(inPlace);
            WriteRequestV1Writer.AppendLabels(inPlace, labels.Blob, parts);
            parts.Add(inPlace.Length);
            inPlace.Append(fields.Written);
            parts.Move(first, WriteRequestV1Writer.EndTimeSeries(inPlace, start));

            Assert.True(byBlocks.Written.SequenceEqual(inPlace.Written), $"{gen} round {round}");
            Assert.Equal(labels.Count + 1, parts.Count - first);
            for (int part = first; part < parts.Count - 1; part++)
            {
                Assert.Equal(0x0A, inPlace.Written[parts.Starts[part]]);
            }

            Assert.Equal(fields.Written.ToArray(), inPlace.Written[parts.Starts[^1]..].ToArray());
            if (inPlace.Length > 100_000)
            {
                inPlace.Clear();
                byBlocks.Clear();
                parts.Clear();
            }
        }
    }

    [Fact]
    public void Times_of_every_length_are_written_by_both_ways_alike_and_read_back()
    {
        for (int bit = 0; bit < 64; bit++)
        {
            foreach (long time in (long[])[(1L << bit) - 1, 1L << bit, ~(1L << bit)])
            {
                ByteBuffer single = new();
                ByteBuffer column = new();
                WriteRequestV1Writer.AppendTimeSeries(single, [], time, 1.5);
                WriteRequestV1Writer.AppendTimeSeries(column, [], [time], [1.5]);
                WriteRequestV1Reader reader = new(single.Written);

                Assert.Equal(column.Written.ToArray(), single.Written.ToArray());
                Assert.Equal(WriteRequestItem.TimeSeries, reader.Next());
                SamplesV1 samples = reader.TimeSeries.Samples;
                Assert.True(samples.MoveNext());
                Assert.Equal(time, samples.TimestampMs);
                Assert.Equal(1.5, samples.Value);
                Assert.False(samples.MoveNext());
            }
        }
    }

    [Fact]
    public void One_sample_and_a_column_of_one_are_written_alike()
    {
        ByteBuffer block = new();
        WriteRequestV1Writer.AppendLabel(block, "__name__"u8, "up"u8);
        ByteBuffer single = new(1);
        ByteBuffer column = new(1);
        WriteRequestV1Writer.AppendTimeSeries(single, block.Written, 1_795_344_146_821, StaleMarker.Value);
        WriteRequestV1Writer.AppendTimeSeries(column, block.Written, [1_795_344_146_821], [StaleMarker.Value]);

        Assert.Equal(single.Written.ToArray(), column.Written.ToArray());
        Assert.True(single.Length <= block.Length + WriteRequestV1Writer.MaxSeriesOverhead);
    }

    private static void Append(TimeSeriesMessage series, ByteBuffer request)
    {
        ByteBuffer block = new();
        foreach (LabelMessage label in series.Labels)
        {
            WriteRequestV1Writer.AppendLabel(
                block, Encoding.UTF8.GetBytes(label.Name), Encoding.UTF8.GetBytes(label.Value));
        }

        long[] timestamps = new long[series.Samples.Count];
        double[] values = new double[series.Samples.Count];
        for (int index = 0; index < values.Length; index++)
        {
            timestamps[index] = series.Samples[index].Timestamp;
            values[index] = series.Samples[index].Value;
        }

        WriteRequestV1Writer.AppendTimeSeries(request, block.Written, timestamps, values);
    }
}
