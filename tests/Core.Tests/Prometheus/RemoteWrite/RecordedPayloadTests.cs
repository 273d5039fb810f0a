using System.Linq;
using System.Text;
using System.Text.Json;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

/// <summary>Bodies that a Prometheus sent: read as they were decoded there, and written again byte for byte.</summary>
public sealed class RecordedPayloadTests
{
    public static TheoryData<string> BodiesV1() => RecordedPayload.Names("v1-*.json");

    public static TheoryData<string> BodiesV2() => RecordedPayload.Names("v2-*.json");

    [Theory]
    [MemberData(nameof(BodiesV1), DisableDiscoveryEnumeration = true)]
    public void A_recorded_body_of_version_1_is_read_whole_and_written_again_byte_for_byte(string name)
    {
        using RecordedPayload payload = RecordedPayload.Read(name);
        List<string> actual = [];
        ByteBuffer again = new();
        WriteRequestV1Reader reader = new(payload.Message);
        WriteRequestItem item;
        while ((item = reader.Next()) is WriteRequestItem.TimeSeries or WriteRequestItem.Metadata)
        {
            if (item == WriteRequestItem.TimeSeries)
            {
                actual.AddRange(Describe(reader.TimeSeries));
                Rewrite(reader.TimeSeries, again);
                continue;
            }

            MetricMetadataV1 metadata = reader.Metadata;
            actual.Add(
                $"{TypeName(metadata.Type, "unknown")} {PayloadText.Utf8(metadata.Family)} {PayloadText.Utf8(metadata.Help)} {PayloadText.Utf8(metadata.Unit)}");
            WriteRequestV1Writer.AppendMetadata(again, metadata.Type, metadata.Family, metadata.Help, metadata.Unit);
        }

        Assert.Equal(WriteRequestItem.End, item);
        Assert.Equal(Expected(payload.Decoded, "", ""), actual);
        Assert.Equal(payload.Message, again.Written.ToArray());
    }

    [Theory]
    [MemberData(nameof(BodiesV2), DisableDiscoveryEnumeration = true)]
    public void A_recorded_body_of_version_2_is_read_whole_and_written_again_byte_for_byte(string name)
    {
        using RecordedPayload payload = RecordedPayload.Read(name);
        List<string> actual = [];
        WriteRequestV2Writer writer = new();
        WriteRequestV2Reader reader = new(payload.Message, new SymbolIndex());
        WriteRequestItem item;
        while ((item = reader.Next()) == WriteRequestItem.TimeSeries)
        {
            actual.AddRange(Describe(ref reader));
            Rewrite(ref reader, writer);
        }

        ByteBuffer again = new();
        writer.CopyTo(again);
        Assert.Equal(WriteRequestItem.End, item);
        Assert.Equal(Expected(payload.Decoded, "help", "unit"), actual);
        Assert.Equal(payload.Message, again.Written.ToArray());
    }

    private static List<string> Expected(JsonElement decoded, string helpKey, string unitKey)
    {
        List<string> lines = [];
        foreach (JsonElement series in RecordedPayload.Items(decoded, "timeseries"))
        {
            lines.Add(PayloadText.OfLabels(series.GetProperty("labels")));
            lines.AddRange(RecordedPayload.Items(series, "samples").Select(PayloadText.OfSample));
            lines.AddRange(RecordedPayload.Items(series, "exemplars").Select(PayloadText.OfExemplar));
            lines.AddRange(RecordedPayload.Items(series, "histograms").Select(PayloadText.OfHistogram));
            if (helpKey.Length > 0)
            {
                JsonElement metadata = series.GetProperty("metadata");
                lines.Add($"{metadata.GetProperty("type")} {metadata.GetProperty(helpKey)} {metadata.GetProperty(unitKey)}");
            }
        }

        foreach (JsonElement metadata in RecordedPayload.Items(decoded, "metadata"))
        {
            lines.Add(
                $"{metadata.GetProperty("type")} {metadata.GetProperty("metric_family_name")} {metadata.GetProperty("help")} {metadata.GetProperty("unit")}");
        }

        return lines;
    }

    private static List<string> Describe(TimeSeriesV1 series)
    {
        List<string> lines = [OfLabels(series.Labels)];
        foreach (SamplesV1 sample in series.Samples)
        {
            lines.Add(PayloadText.OfSample(sample.Value, sample.TimestampMs));
        }

        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            Assert.True(ExemplarV1.TryParse(message, out ExemplarV1 exemplar));
            lines.Add($"exemplar {OfLabels(exemplar.Labels)}{PayloadText.OfSample(exemplar.Value, exemplar.TimestampMs)}");
        }

        foreach (ReadOnlySpan<byte> message in series.Histograms)
        {
            Assert.True(HistogramMessage.TryParse(message, out HistogramMessage histogram));
            lines.Add(PayloadText.OfHistogram(histogram));
        }

        return lines;
    }

    private static List<string> Describe(ref WriteRequestV2Reader reader)
    {
        TimeSeriesV2 series = reader.TimeSeries;
        List<string> lines = [OfLabels(ref reader, series.LabelRefs)];
        foreach (ReadOnlySpan<byte> message in series.Samples)
        {
            Assert.True(SampleV2.TryParse(message, out SampleV2 sample));
            lines.Add(PayloadText.OfSample(sample.Value, sample.TimestampMs));
        }

        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            Assert.True(ExemplarV2.TryParse(message, out ExemplarV2 exemplar));
            lines.Add($"exemplar {OfLabels(ref reader, exemplar.LabelRefs)}{PayloadText.OfSample(exemplar.Value, exemplar.TimestampMs)}");
        }

        foreach (ReadOnlySpan<byte> message in series.Histograms)
        {
            Assert.True(HistogramMessage.TryParse(message, out HistogramMessage histogram));
            lines.Add(PayloadText.OfHistogram(histogram));
        }

        SeriesMetadataV2 metadata = series.Metadata;
        lines.Add(
            $"{TypeName(metadata.Type, "unspecified")} {PayloadText.Utf8(reader.Symbol(metadata.HelpRef))} {PayloadText.Utf8(reader.Symbol(metadata.UnitRef))}");
        return lines;
    }

    private static void Rewrite(TimeSeriesV1 series, ByteBuffer target)
    {
        ByteBuffer block = new();
        ByteBuffer fields = new();
        foreach (LabelPairsV1 label in series.Labels)
        {
            WriteRequestV1Writer.AppendLabel(block, label.Name, label.Value);
        }

        foreach (SamplesV1 sample in series.Samples)
        {
            WriteRequestV1Writer.AppendSample(fields, sample.TimestampMs, sample.Value);
        }

        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            Assert.True(ExemplarV1.TryParse(message, out ExemplarV1 exemplar));
            LabelsBuilder labels = new();
            foreach (LabelPairsV1 label in exemplar.Labels)
            {
                labels.Set(PayloadText.Utf8(label.Name), PayloadText.Utf8(label.Value));
            }

            WriteRequestV1Writer.AppendExemplar(fields, labels.Build().Blob, exemplar.Value, exemplar.TimestampMs);
        }

        foreach (ReadOnlySpan<byte> message in series.Histograms)
        {
            WriteRequestV1Writer.AppendHistogram(fields, message);
        }

        WriteRequestV1Writer.AppendTimeSeries(target, block.Written, fields.Written);
    }

    private static void Rewrite(ref WriteRequestV2Reader reader, WriteRequestV2Writer writer)
    {
        TimeSeriesV2 series = reader.TimeSeries;
        writer.BeginSeries();
        writer.SetMetadata(
            series.Metadata.Type, reader.Symbol(series.Metadata.HelpRef), reader.Symbol(series.Metadata.UnitRef));
        ScalarsOf labels = series.LabelRefs;
        while (labels.MoveNext())
        {
            ulong name = labels.Current;
            Assert.True(labels.MoveNext());
            writer.AddLabel(reader.Symbol(name), reader.Symbol(labels.Current));
        }

        foreach (ReadOnlySpan<byte> message in series.Samples)
        {
            Assert.True(SampleV2.TryParse(message, out SampleV2 sample));
            writer.AddSample(sample.TimestampMs, sample.Value, sample.StartTimestampMs);
        }

        foreach (ReadOnlySpan<byte> message in series.Histograms)
        {
            writer.AddHistogram(message);
        }

        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            Assert.True(ExemplarV2.TryParse(message, out ExemplarV2 exemplar));
            writer.AddExemplar(BlobOf(ref reader, exemplar.LabelRefs), exemplar.Value, exemplar.TimestampMs);
        }

        writer.EndSeries(series.CreatedTimestampMs);
    }

    private static ReadOnlySpan<byte> BlobOf(ref WriteRequestV2Reader reader, ScalarsOf references)
    {
        LabelsBuilder labels = new();
        while (references.MoveNext())
        {
            ulong name = references.Current;
            Assert.True(references.MoveNext());
            labels.Set(PayloadText.Utf8(reader.Symbol(name)), PayloadText.Utf8(reader.Symbol(references.Current)));
        }

        return labels.Build().Blob;
    }

    private static string OfLabels(LabelPairsV1 labels)
    {
        StringBuilder text = new();
        foreach (LabelPairsV1 label in labels)
        {
            text.Append(PayloadText.Utf8(label.Name)).Append('=').Append(PayloadText.Utf8(label.Value)).Append(' ');
        }

        return text.ToString();
    }

    private static string OfLabels(ref WriteRequestV2Reader reader, ScalarsOf references)
    {
        StringBuilder text = new();
        while (references.MoveNext())
        {
            text.Append(PayloadText.Utf8(reader.Symbol(references.Current))).Append('=');
            Assert.True(references.MoveNext());
            text.Append(PayloadText.Utf8(reader.Symbol(references.Current))).Append(' ');
        }

        return text.ToString();
    }

    private static string TypeName(uint type, string zero) =>
        type == 0 ? zero : ((MetricType)type).ToString().ToLowerInvariant();
}
