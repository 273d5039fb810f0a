namespace AmpEdge.Prometheus;

/// <summary>
/// Applies relabel rules to the series of remote write messages of both versions. Only labels are rewritten: samples,
/// histograms and what is unknown go on byte for byte. Keeps its buffers; not thread-safe.
/// </summary>
public sealed class WriteFilter(IReadOnlyList<RelabelRule> rules)
{
    private readonly RelabelRule[] _rules = [.. rules];
    private readonly LabelsBuilder _labels = new();
    private readonly SymbolIndex _symbols = new();
    private readonly SymbolTable _added = new();
    private readonly ByteBuffer _output = new();
    private readonly ByteBuffer _series = new();
    private readonly ByteBuffer _part = new();
    private WriteFilterCounts _counts;

    /// <summary>The message that is to be sent; valid until the next call.</summary>
    public ReadOnlySpan<byte> Output => _output.Written;

    /// <summary>False for what is no message of the version.</summary>
    public bool TryApply(ReadOnlySpan<byte> message, WriteProtocol protocol, out WriteFilterCounts counts)
    {
        _output.Clear();
        _counts = default;
        bool isMessage = protocol == WriteProtocol.V2 ? ApplyToVersion2(message) : ApplyToVersion1(message);
        counts = _counts;
        return isMessage;
    }

    private bool ApplyToVersion1(ReadOnlySpan<byte> message)
    {
        WriteRequestV1Reader reader = new(message);
        WriteRequestItem item;
        while ((item = reader.Next()) is WriteRequestItem.TimeSeries or WriteRequestItem.Metadata)
        {
            if (item == WriteRequestItem.TimeSeries)
            {
                AddVersion1(reader.TimeSeries);
            }
        }

        return item == WriteRequestItem.End && CopyOtherFields(message, WriteRequestV1Fields.RequestTimeSeries);
    }

    private void AddVersion1(TimeSeriesV1 series)
    {
        _labels.Reset();
        foreach (LabelPairsV1 label in series.Labels)
        {
            _labels.Append(label.Name, label.Value);
        }

        if (!Keeps())
        {
            Drop(series.SampleCount, series.HistogramCount, series.ExemplarCount);
            return;
        }

        _output.Append(WriteRequestV1Fields.RequestTimeSeries);
        if (IsSame(series.Labels))
        {
            _counts.Kept++;
            _output.AppendLengthPrefixed(series.Message);
            return;
        }

        _counts.Changed++;
        _series.Clear();
        foreach (LabelPair label in _labels.Build())
        {
            WriteRequestV1Writer.AppendLabel(_series, label.Name, label.Value);
        }

        AppendFieldsBut(series.Message, WriteRequestV1Fields.SeriesLabel >> 3);
        _output.AppendLengthPrefixed(_series.Written);
    }

    private bool ApplyToVersion2(ReadOnlySpan<byte> message)
    {
        WriteRequestV2Reader reader = new(message, _symbols);
        _added.Clear();
        WriteRequestItem item;
        while ((item = reader.Next()) == WriteRequestItem.TimeSeries)
        {
            AddVersion2(reader, reader.TimeSeries);
        }

        if (item != WriteRequestItem.End || !CopyOtherFields(message, WriteRequestV2Fields.RequestTimeSeries))
        {
            return false;
        }

        // Behind those that the message has, so that its own references stay right.
        if (_counts.Changed > 0)
        {
            _output.Append(_added.Fields);
        }

        return true;
    }

    private void AddVersion2(scoped in WriteRequestV2Reader reader, TimeSeriesV2 series)
    {
        _labels.Reset();
        ScalarsOf references = series.LabelRefs;
        while (references.MoveNext())
        {
            ReadOnlySpan<byte> name = reader.Symbol(references.Current);
            references.MoveNext();
            _labels.Append(name, reader.Symbol(references.Current));
        }

        int sent = _labels.Count;
        if (!Keeps())
        {
            Drop(series.SampleCount, series.HistogramCount, series.ExemplarCount);
            return;
        }

        _output.Append(WriteRequestV2Fields.RequestTimeSeries);
        if (_labels.Count == sent && IsSame(reader, series.LabelRefs))
        {
            _counts.Kept++;
            _output.AppendLengthPrefixed(series.Message);
            return;
        }

        _counts.Changed++;
        _part.Clear();
        foreach (LabelPair label in _labels.Build())
        {
            _part.AppendUvarint((uint)_symbols.Count + _added.NumberOf(label.Name));
            _part.AppendUvarint((uint)_symbols.Count + _added.NumberOf(label.Value));
        }

        _series.Clear();
        _series.Append(WriteRequestV2Fields.SeriesLabelRefs);
        _series.AppendLengthPrefixed(_part.Written);
        AppendFieldsBut(series.Message, WriteRequestV2Fields.SeriesLabelRefsNumber);
        _output.AppendLengthPrefixed(_series.Written);
    }

    /// <summary>What has no labels left is no series.</summary>
    private bool Keeps() => Relabeler.Process(_labels, _rules) && _labels.Count > 0;

    private void Drop(int samples, int histograms, int exemplars)
    {
        _counts.Dropped++;
        _counts.DroppedSamples += samples;
        _counts.DroppedHistograms += histograms;
        _counts.DroppedExemplars += exemplars;
    }

    private bool IsSame(LabelPairsV1 sent)
    {
        int count = 0;
        foreach (LabelPairsV1 label in sent)
        {
            if (!_labels.TryGet(label.Name, out ReadOnlySpan<byte> value) || !value.SequenceEqual(label.Value))
            {
                return false;
            }

            count++;
        }

        return count == _labels.Count;
    }

    private bool IsSame(scoped in WriteRequestV2Reader reader, ScalarsOf sent)
    {
        while (sent.MoveNext())
        {
            ReadOnlySpan<byte> name = reader.Symbol(sent.Current);
            sent.MoveNext();
            if (!_labels.TryGet(name, out ReadOnlySpan<byte> value) || !value.SequenceEqual(reader.Symbol(sent.Current)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>All that is not a series: metadata, symbols, what a later version may bring.</summary>
    private bool CopyOtherFields(ReadOnlySpan<byte> message, uint seriesTag)
    {
        int at = 0;
        while (at < message.Length)
        {
            int start = at;
            if (!TimeSeriesV1.TryReadField(message, ref at, out uint tag, out _))
            {
                return false;
            }

            if (tag != seriesTag)
            {
                _output.Append(message[start..at]);
                _counts.Metadata += tag == WriteRequestV1Fields.RequestMetadata ? 1 : 0;
            }
        }

        return true;
    }

    /// <summary>Appends the fields of a checked series to the one that is being written, but for those of a number.</summary>
    private void AppendFieldsBut(ReadOnlySpan<byte> message, int number)
    {
        int at = 0;
        while (at < message.Length)
        {
            int start = at;
            _ = TimeSeriesV1.TryReadField(message, ref at, out uint tag, out _);
            if (tag >> 3 != number)
            {
                _series.Append(message[start..at]);
            }
        }
    }
}
