using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Adds the labels of info series to series, step by step: which info series counts can change.</summary>
internal sealed class InfoJoin(InfoSelector selector, InfoSeries infos, int stepCount)
{
    private readonly LabelsBuilder _added = new();
    private readonly LabelsBuilder _labels = new();
    private readonly int[]?[] _found = new int[]?[infos.MetricCount];
    private readonly double[] _column = new double[stepCount];

    /// <summary>Adds a series with its info labels to the result, as one row for each combination of info series.</summary>
    /// <exception cref="QueryException">Two info metrics have different values for one label.</exception>
    public void AddEnriched(SeriesMatrix series, int row, MergingMatrix result)
    {
        infos.Find(series.Labels(row), _found);
        ReadOnlySpan<double> values = series.Values(row);
        ReadOnlySpan<FloatHistogram?> histograms = series.Histograms(row);
        bool[] done = new bool[stepCount];
        for (int step = 0; step < stepCount; step++)
        {
            if (done[step] || !IsPresent(values, histograms, step))
            {
                continue;
            }

            if (!TryEnrich(series.Labels(row), step, out Labels labels))
            {
                MarkAlike(step, done);
                continue;
            }

            FloatHistogram?[]? histogramColumn = histograms.IsEmpty ? null : new FloatHistogram?[stepCount];
            for (int alike = 0; alike < stepCount; alike++)
            {
                bool taken = alike >= step && !done[alike] && IsAlike(step, alike);
                done[alike] |= taken;
                _column[alike] = taken ? values[alike] : Missing.Value;
                if (taken && histogramColumn is not null)
                {
                    histogramColumn[alike] = histograms[alike];
                }
            }

            result.Add(labels, series.DropName(row), _column, histogramColumn);
        }
    }

    private static bool IsPresent(ReadOnlySpan<double> values, ReadOnlySpan<FloatHistogram?> histograms, int step) =>
        !Missing.IsMissing(values[step]) || (!histograms.IsEmpty && histograms[step] is not null);

    private void MarkAlike(int step, bool[] done)
    {
        for (int alike = step; alike < stepCount; alike++)
        {
            done[alike] |= IsAlike(step, alike);
        }
    }

    /// <summary>The same info series count at both steps.</summary>
    private bool IsAlike(int step, int other)
    {
        foreach (int[]? newest in _found)
        {
            if (newest is not null && newest[step] != newest[other])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The labels at a step; false where the series needs an info series and has none.</summary>
    private bool TryEnrich(Labels labels, int step, out Labels enriched)
    {
        _added.Reset();
        bool found = false;
        foreach (int[]? newest in _found)
        {
            if (newest is not null && newest[step] > 0)
            {
                found = true;
                Collect(infos[newest[step] - 1], labels);
            }
        }

        enriched = labels;
        if (!found)
        {
            return selector.MayBeMissing;
        }

        _labels.Reset(labels);
        for (int index = 0; index < _added.Count; index++)
        {
            _labels.Set(_added[index].Name, _added[index].Value);
        }

        enriched = _labels.Build();
        return true;
    }

    /// <summary>Takes over the wanted labels of an info series that the series itself does not have.</summary>
    private void Collect(Labels info, Labels labels)
    {
        foreach (LabelPair label in info)
        {
            if (label.Name.SequenceEqual(LabelNames.MetricNameUtf8) || !selector.Wants(label.Name))
            {
                continue;
            }

            if (_added.TryGet(label.Name, out ReadOnlySpan<byte> known) && !known.SequenceEqual(label.Value))
            {
                throw new QueryException(
                    QueryErrorKind.Execution,
                    $"conflicting label: {System.Text.Encoding.UTF8.GetString(label.Name)}");
            }

            if (labels.Get(label.Name).IsEmpty)
            {
                _added.Set(label.Name, label.Value);
            }
        }
    }
}
