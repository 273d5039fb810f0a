using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Finds the line of a series that is not where it was before; one that is new is relabelled, given a number and
/// remembered.
/// </summary>
internal sealed class SeriesLines
{
    /// <summary>So many lines of series that memory has no room for are remembered as such; a page with more fails.</summary>
    private const int MaxLinesLeftOut = 1 << 14;

    private readonly LineTable _lines;
    private readonly LineOrder _order;
    private readonly SeriesStates _series;
    private readonly SampleLabels _labels;
    private readonly SampleIntake _samples;
    private readonly long _seriesLimit;

    public SeriesLines(
        LineTable lines,
        LineOrder order,
        SeriesStates series,
        SampleLabels labels,
        SampleIntake samples,
        long seriesLimit)
    {
        _lines = lines;
        _order = order;
        _series = series;
        _labels = labels;
        _samples = samples;
        _seriesLimit = seriesLimit;
    }

    /// <summary>True when the series asked for last broke a limit on labels.</summary>
    public bool IsOverLabelLimits => _labels.IsOverLimits;

    /// <summary>The line of a series, which becomes the one read last; -1 when it fails the page.</summary>
    public int FindOrAdd<TSeries>(ref readonly TSeries series, out string? problem)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        ReadOnlySpan<byte> text = series.SeriesText;
        problem = null;
        if (text.Length > CachedLine.MaxLength)
        {
            problem = $"a series' name and labels are longer than {CachedLine.MaxLength} bytes";
            return -1;
        }

        MetricType type = CachedLine.TypeForBounds(series.FamilyType);
        int index = _order.Find(text, type);
        if (index < 0 || (_lines[index].Series == CachedLine.OverSeriesLimit && _series.HasRoom(_seriesLimit)))
        {
            index = Remember(in series, index, type, out problem);
        }

        if (index >= 0)
        {
            _order.Follow(index);
        }

        return index;
    }

    /// <summary>Makes the labels of a series and gives them to its line, a new one when there is none; -1 when it fails the page.</summary>
    private int Remember<TSeries>(ref readonly TSeries series, int index, MetricType type, out string? problem)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        Labels? labels = _labels.Make(in series, out problem);
        if (problem is not null)
        {
            _samples.Counters.Scraped++;
            return -1;
        }

        if (index < 0 && _samples.Counters.OverSeriesLimit > MaxLinesLeftOut && !_series.HasRoom(0))
        {
            problem = $"memory is full, and the page has more than {MaxLinesLeftOut} series that are not there yet";
            return -1;
        }

        index = index < 0 ? _lines.Add(series.SeriesText) : index;
        ref CachedLine line = ref _lines[index];
        line.Series = MarkOf(labels);
        line.SeenIn = 0;
        line.NeedsFamilyType = HasBoundLabel(in series);
        line.FamilyType = type;
        return index;
    }

    private int MarkOf(Labels? labels)
    {
        if (labels is null)
        {
            return _labels.DroppedBy < 0 ? CachedLine.NoLabels : CachedLine.DroppedBy(_labels.DroppedBy);
        }

        int state = _series.AddLine(labels, _seriesLimit);
        return state < 0 ? CachedLine.OverSeriesLimit : state;
    }

    private static bool HasBoundLabel<TSeries>(ref readonly TSeries series)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        foreach (ref readonly LabelSlot slot in series.Labels.Slots)
        {
            ReadOnlySpan<byte> name = series.Page.Slice(slot.NameStart, slot.NameLength);
            if (name.SequenceEqual("le"u8) || name.SequenceEqual("quantile"u8))
            {
                return true;
            }
        }

        return false;
    }
}
