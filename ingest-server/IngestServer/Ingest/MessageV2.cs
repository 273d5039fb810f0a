using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// Walks a decoded remote write 2.0 message and hands what it holds to a writer. The labels of a series are put together
/// as the fields that a sender of version 1.0 would send, so both versions find series by the same bytes. Created
/// timestamps are read past.
/// </summary>
internal sealed class MessageV2
{
    private readonly SymbolIndex _symbols = new();
    private readonly ByteBuffer _rawLabels = new(1024);
    private readonly HashSet<(uint Name, SeriesMetadataV2 Metadata)> _metadata = [];
    private LabelsBuilder? _exemplarLabels;

    /// <summary>False when the message is no Request; <paramref name="errorOffset"/> says where it stops being one.</summary>
    public bool TryWrite(ReadOnlySpan<byte> message, BatchWriter writer, out int errorOffset)
    {
        WriteRequestV2Reader reader = new(message, _symbols);
        errorOffset = 0;
        while (true)
        {
            switch (reader.Next())
            {
                case WriteRequestItem.TimeSeries:
                    WriteSeries(in reader, writer);
                    break;
                case WriteRequestItem.End:
                    return true;
                default:
                    errorOffset = reader.ErrorOffset;
                    return false;
            }
        }
    }

    private void WriteSeries(in WriteRequestV2Reader reader, BatchWriter writer)
    {
        TimeSeriesV2 series = reader.TimeSeries;
        uint name = ReadLabels(in reader, series.LabelRefs);
        CurrentSeries current = new(_rawLabels.Written);
        if (!writer.TryBegin(ref current, series.SampleCount + series.HistogramCount))
        {
            return;
        }

        foreach (ReadOnlySpan<byte> message in series.Samples)
        {
            // Whatever the reader yields was checked by it.
            _ = SampleV2.TryParse(message, out SampleV2 sample);
            writer.WriteSample(ref current, sample.TimestampMs, sample.Value);
        }

        foreach (ReadOnlySpan<byte> message in series.Histograms)
        {
            _ = writer.TryWriteHistogram(ref current, message);
        }

        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            _ = ExemplarV2.TryParse(message, out ExemplarV2 exemplar);
            writer.WriteExemplar(in current, exemplar.TimestampMs, exemplar.Value, ExemplarLabels(in reader, exemplar.LabelRefs));
        }

        if (series.Metadata != default && name != 0 && _metadata.Add((name, series.Metadata)))
        {
            WriteMetadata(in reader, writer, reader.Symbol(name), series.Metadata);
        }
    }

    /// <summary>Writes the labels as fields of version 1.0; returns the symbol of the metric's name, or 0.</summary>
    private uint ReadLabels(in WriteRequestV2Reader reader, ScalarsOf references)
    {
        uint metric = 0;
        _rawLabels.Clear();
        while (references.MoveNext())
        {
            ReadOnlySpan<byte> name = reader.Symbol(references.Current);
            _ = references.MoveNext();
            WriteRequestV1Writer.AppendLabel(_rawLabels, name, reader.Symbol(references.Current));
            metric = name.SequenceEqual(LabelNames.MetricNameUtf8) ? (uint)references.Current : metric;
        }

        return metric;
    }

    private Labels ExemplarLabels(in WriteRequestV2Reader reader, ScalarsOf references)
    {
        _exemplarLabels ??= new LabelsBuilder();
        _exemplarLabels.Reset();
        while (references.MoveNext())
        {
            ReadOnlySpan<byte> name = reader.Symbol(references.Current);
            _ = references.MoveNext();
            _exemplarLabels.Set(name, reader.Symbol(references.Current));
        }

        return _exemplarLabels.Build();
    }

    /// <summary>Metadata stands with each series here; that of classic histograms and summaries is their family's.</summary>
    private static void WriteMetadata(
        in WriteRequestV2Reader reader, BatchWriter writer, ReadOnlySpan<byte> metric, SeriesMetadataV2 metadata)
    {
        bool isHistogram = metadata.Type is (uint)MetricType.Histogram or (uint)MetricType.GaugeHistogram;
        ReadOnlySpan<byte> family = isHistogram && metric.EndsWith("_bucket"u8) ? metric[..^"_bucket".Length]
            : (isHistogram || metadata.Type == (uint)MetricType.Summary) && metric.EndsWith("_count"u8) ? metric[..^"_count".Length]
            : (isHistogram || metadata.Type == (uint)MetricType.Summary) && metric.EndsWith("_sum"u8) ? metric[..^"_sum".Length]
            : metric;
        writer.WriteMetadata(family, metadata.Type, TextOf(in reader, metadata.HelpRef), TextOf(in reader, metadata.UnitRef));
    }

    /// <summary>Reference 0 is no text, whatever the first symbol is.</summary>
    private static ReadOnlySpan<byte> TextOf(in WriteRequestV2Reader reader, uint reference) =>
        reference == 0 ? default : reader.Symbol(reference);
}
