using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>Walks a decoded remote write 1.0 message and hands what it holds to a writer.</summary>
internal static class MessageV1
{
    /// <summary>False when the message is no WriteRequest; <paramref name="errorOffset"/> says where it stops being one.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> message, BatchWriter writer, out int errorOffset)
    {
        WriteRequestV1Reader reader = new(message);
        LabelsBuilder? exemplarLabels = null;
        errorOffset = 0;
        while (true)
        {
            switch (reader.Next())
            {
                case WriteRequestItem.TimeSeries when !TryWriteSeries(reader.TimeSeries, writer, ref exemplarLabels):
                    errorOffset = reader.ErrorOffset;
                    return false;
                case WriteRequestItem.TimeSeries:
                    break;
                case WriteRequestItem.Metadata:
                    MetricMetadataV1 metadata = reader.Metadata;
                    writer.WriteMetadata(metadata.Family, metadata.Type, metadata.Help, metadata.Unit);
                    break;
                case WriteRequestItem.End:
                    return true;
                default:
                    errorOffset = reader.ErrorOffset;
                    return false;
            }
        }
    }

    private static bool TryWriteSeries(TimeSeriesV1 series, BatchWriter writer, ref LabelsBuilder? exemplarLabels)
    {
        int samples = series.SampleCount + series.HistogramCount;
        CurrentSeries current = new(series.RawLabels);
        if (samples + series.ExemplarCount == 0 || !writer.TryBegin(ref current, samples))
        {
            return true;
        }

        foreach (SamplesV1 sample in series.Samples)
        {
            writer.WriteSample(ref current, sample.TimestampMs, sample.Value);
        }

        if (series.HistogramCount > 0)
        {
            foreach (ReadOnlySpan<byte> histogram in series.Histograms)
            {
                if (!writer.TryWriteHistogram(ref current, histogram))
                {
                    return false;
                }
            }
        }

        return series.ExemplarCount == 0 || TryWriteExemplars(series, writer, in current, ref exemplarLabels);
    }

    private static bool TryWriteExemplars(
        TimeSeriesV1 series, BatchWriter writer, in CurrentSeries current, ref LabelsBuilder? builder)
    {
        builder ??= new LabelsBuilder();
        foreach (ReadOnlySpan<byte> message in series.Exemplars)
        {
            if (!ExemplarV1.TryParse(message, out ExemplarV1 exemplar))
            {
                return false;
            }

            builder.Reset();
            foreach (LabelPairsV1 label in exemplar.Labels)
            {
                builder.Set(label.Name, label.Value);
            }

            writer.WriteExemplar(in current, exemplar.TimestampMs, exemplar.Value, builder.Build());
        }

        return true;
    }
}
