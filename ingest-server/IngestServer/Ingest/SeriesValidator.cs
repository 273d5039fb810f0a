using AmpEdge.IngestServer.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>
/// Checks the labels of a series that the store has not seen yet, and sorts them. Reused from series to series, not
/// thread-safe.
/// </summary>
/// <remarks>
/// Unsorted labels are sorted rather than refused, as Prometheus's receiver and the engine behind AMP do. An empty
/// value means that the label is absent, so it is left out before the labels are counted.
/// </remarks>
internal sealed class SeriesValidator
{
    private readonly LabelsBuilder _builder = new();

    /// <summary>Begins the next series.</summary>
    public void Reset() => _builder.Reset();

    /// <summary>Takes one label as sent; the spans are copied.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            _builder.Append(name, value);
        }
    }

    /// <summary>
    /// The series' identity. With a reason other than <see cref="DiscardReason.None"/> it may not be stored and only
    /// serves to name the series in <paramref name="text"/>.
    /// </summary>
    public DiscardReason Validate(IngestLimits limits, out Labels labels, out string text)
    {
        labels = _builder.Build(out bool hasDuplicate);
        if (!labels.TryGet(LabelNames.MetricNameUtf8, out ReadOnlySpan<byte> metric))
        {
            text = WriteTexts.MissingMetricName;
            return DiscardReason.MissingMetricName;
        }

        if (!IsName(metric, limits.Utf8Names, LabelNames.IsLegacyMetricName(metric)))
        {
            text = WriteTexts.InvalidMetricName(metric);
            return DiscardReason.InvalidMetricName;
        }

        if (_builder.Count > limits.MaxLabelNamesPerSeries)
        {
            text = WriteTexts.TooManyLabels(_builder.Count, limits.MaxLabelNamesPerSeries, labels);
            return DiscardReason.TooManyLabels;
        }

        if (hasDuplicate)
        {
            text = WriteTexts.DuplicateLabelName(FindDuplicate(labels), metric);
            return DiscardReason.DuplicateLabelNames;
        }

        return ValidateEach(labels, metric, limits, out text);
    }

    private static DiscardReason ValidateEach(
        Labels labels, ReadOnlySpan<byte> metric, IngestLimits limits, out string text)
    {
        foreach ((ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) in labels)
        {
            if (!IsName(name, limits.Utf8Names, LabelNames.IsLegacyLabelName(name))
                || !System.Text.Unicode.Utf8.IsValid(value))
            {
                text = WriteTexts.InvalidLabel(name, metric);
                return DiscardReason.InvalidLabel;
            }

            if (name.Length > limits.MaxLabelBytes)
            {
                text = WriteTexts.LabelNameTooLong(name, limits.MaxLabelBytes, metric);
                return DiscardReason.LabelNameTooLong;
            }

            if (name.Length + value.Length > limits.MaxLabelBytes)
            {
                text = WriteTexts.LabelValueTooLong(name.Length, value, limits.MaxLabelBytes, metric);
                return DiscardReason.LabelValueTooLong;
            }
        }

        text = "";
        return DiscardReason.None;
    }

    private static bool IsName(ReadOnlySpan<byte> name, bool utf8Names, bool isLegacyName) =>
        isLegacyName || (utf8Names && LabelNames.IsUtf8Name(name));

    private static ReadOnlySpan<byte> FindDuplicate(Labels labels)
    {
        ReadOnlySpan<byte> previous = default;
        foreach ((ReadOnlySpan<byte> name, _) in labels)
        {
            if (name.SequenceEqual(previous))
            {
                return name;
            }

            previous = name;
        }

        return previous;
    }
}
