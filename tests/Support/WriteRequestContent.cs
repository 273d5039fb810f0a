using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>What a write request of either version says, as texts and numbers.</summary>
public sealed class WriteRequestContent
{
    private WriteRequestContent()
    {
    }

    public List<ReceivedSample> Samples { get; } = [];

    /// <summary>With the sum as the value.</summary>
    public List<ReceivedSample> Histograms { get; } = [];

    /// <summary>The same histograms whole, in the words of <see cref="HistogramText"/>.</summary>
    public List<(string Series, string Text)> HistogramTexts { get; } = [];

    /// <summary>With the exemplar's own labels behind the series'.</summary>
    public List<ReceivedSample> Exemplars { get; } = [];

    /// <summary>Of version 2.0: one entry per series, under the series' metric name.</summary>
    public List<MetricMetadata> Metadata { get; } = [];

    public int SeriesCount { get; private set; }

    public static WriteRequestContent ReadV1(ReadOnlySpan<byte> message)
    {
        WriteRequestContent content = new();
        WriteRequestV1Reader reader = new(message);
        for (WriteRequestItem item = reader.Next(); item != WriteRequestItem.End; item = reader.Next())
        {
            switch (item)
            {
                case WriteRequestItem.TimeSeries:
                    content.Add(reader.TimeSeries);
                    break;
                case WriteRequestItem.Metadata:
                    MetricMetadataV1 entry = reader.Metadata;
                    content.Metadata.Add(new MetricMetadata(
                        Text(entry.Family), (MetricType)entry.Type, Text(entry.Help), Text(entry.Unit)));
                    break;
                default:
                    throw new InvalidDataException($"the message is malformed at byte {reader.ErrorOffset}");
            }
        }

        return content;
    }

    public static WriteRequestContent ReadV2(ReadOnlySpan<byte> message)
    {
        WriteRequestContent content = new();
        WriteRequestV2Reader reader = new(message, new SymbolIndex());
        for (WriteRequestItem item = reader.Next(); item != WriteRequestItem.End; item = reader.Next())
        {
            if (item != WriteRequestItem.TimeSeries)
            {
                throw new InvalidDataException($"the message is malformed at byte {reader.ErrorOffset}");
            }

            content.Add(ref reader);
        }

        return content;
    }

    private static string Labels(LabelPairsV1 pairs)
    {
        StringBuilder labels = new();
        foreach (LabelPairsV1 label in pairs)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(Text(label.Name)).Append('=').Append(Text(label.Value));
        }

        return labels.ToString();
    }

    private static string Labels(ref WriteRequestV2Reader reader, ScalarsOf references, out string metricName)
    {
        StringBuilder labels = new();
        metricName = "";
        while (references.MoveNext())
        {
            string name = Text(reader.Symbol(references.Current));
            references.MoveNext();
            string value = Text(reader.Symbol(references.Current));
            labels.Append(labels.Length > 0 ? "," : "").Append(name).Append('=').Append(value);
            metricName = name == LabelNames.MetricName ? value : metricName;
        }

        return labels.ToString();
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static T Must<T>(bool parsed, T value) =>
        parsed ? value : throw new InvalidDataException($"a part of a series is no {typeof(T).Name}");

    private void Add(TimeSeriesV1 series)
    {
        SeriesCount++;
        string labels = Labels(series.Labels);
        foreach (SamplesV1 sample in series.Samples)
        {
            Samples.Add(new ReceivedSample(labels, sample.TimestampMs, sample.Value));
        }

        AddHistograms(labels, series.Histograms);
        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            if (!ExemplarV1.TryParse(message, out ExemplarV1 exemplar))
            {
                throw new InvalidDataException("an exemplar cannot be read");
            }

            Exemplars.Add(new ReceivedSample($"{labels} # {Labels(exemplar.Labels)}", exemplar.TimestampMs, exemplar.Value));
        }
    }

    private void Add(ref WriteRequestV2Reader reader)
    {
        SeriesCount++;
        TimeSeriesV2 series = reader.TimeSeries;
        string labels = Labels(ref reader, series.LabelRefs, out string metricName);
        foreach (ReadOnlySpan<byte> message in series.Samples)
        {
            SampleV2 sample = Must(SampleV2.TryParse(message, out SampleV2 read), read);
            Samples.Add(new ReceivedSample(labels, sample.TimestampMs, sample.Value));
        }

        AddHistograms(labels, series.Histograms);
        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            if (!ExemplarV2.TryParse(message, out ExemplarV2 exemplar))
            {
                throw new InvalidDataException("an exemplar cannot be read");
            }

            string own = Labels(ref reader, exemplar.LabelRefs, out _);
            Exemplars.Add(new ReceivedSample($"{labels} # {own}", exemplar.TimestampMs, exemplar.Value));
        }

        Metadata.Add(new MetricMetadata(
            metricName, (MetricType)series.Metadata.Type, Text(reader.Symbol(series.Metadata.HelpRef)),
            Text(reader.Symbol(series.Metadata.UnitRef))));
    }

    private void AddHistograms(string labels, MessagesOf histograms)
    {
        foreach (ReadOnlySpan<byte> message in histograms)
        {
            if (!HistogramMessage.TryParse(message, out HistogramMessage histogram))
            {
                throw new InvalidDataException("a histogram cannot be read");
            }

            Histograms.Add(new ReceivedSample(labels, histogram.TimestampMs, histogram.Sum));
            HistogramTexts.Add((labels, HistogramText.Of(histogram)));
        }
    }
}
