namespace AmpEdge.Prometheus;

/// <summary>Counts what a remote write message holds without looking into it further.</summary>
public static class WriteSampleCount
{
    /// <summary>
    /// Samples and native histograms of a decoded message. False for what is no message; what is counted passes for one here and
    /// may still be refused by who reads all of it.
    /// </summary>
    public static bool TryCount(ReadOnlySpan<byte> message, WriteProtocol protocol, out int samples)
    {
        bool isV2 = protocol == WriteProtocol.V2;
        uint seriesTag = isV2 ? WriteRequestV2Fields.RequestTimeSeries : WriteRequestV1Fields.RequestTimeSeries;
        uint histogramTag = isV2 ? WriteRequestV2Fields.SeriesHistogram : WriteRequestV1Fields.SeriesHistogram;
        ProtobufReader fields = new(message);
        samples = 0;
        for (uint tag = fields.NextTag(); tag != 0; tag = fields.NextTag())
        {
            if (tag != seriesTag)
            {
                fields.Skip(tag);
                continue;
            }

            ProtobufReader series = new(fields.ReadBytes());
            for (uint part = series.NextTag(); part != 0; part = series.NextTag())
            {
                // The samples of both versions have the same tag.
                samples += part == WriteRequestV1Fields.SeriesSample || part == histogramTag ? 1 : 0;
                series.Skip(part);
            }

            if (series.Malformed)
            {
                return false;
            }
        }

        return !fields.Malformed;
    }
}
