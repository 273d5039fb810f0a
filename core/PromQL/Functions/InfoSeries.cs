using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The info series of a query: for each metric and identity (instance and job) the one whose sample is the newest, step by
/// step.
/// </summary>
internal sealed class InfoSeries
{
    private static readonly string[] s_identifyingLabels = [LabelNames.Instance, LabelNames.Job];

    private readonly LabelGroups _identities = new(LabelProjection.Keep(s_identifyingLabels));
    private readonly List<Labels> _series = [];

    /// <summary>By metric name, in the order of names, and by identity: at each step one above the series that counts.</summary>
    private readonly SortedDictionary<string, Dictionary<int, int[]>> _newest = new(StringComparer.Ordinal);

    /// <summary>How many info metrics there are.</summary>
    public int MetricCount => _newest.Count;

    public Labels this[int series] => _series[series];

    /// <summary>Selects the info series of the given series.</summary>
    /// <exception cref="QueryException">Two info series of one identity are of the same time, or one is no info series.</exception>
    public static InfoSeries Select(InfoSelector selector, SeriesMatrix series, bool[] isInfo, FunctionCall call)
    {
        InfoSeries infos = new();
        SortedDictionary<string, SortedSet<string>> identities = IdentitiesOf(series, isInfo);
        if (identities.Count > 0)
        {
            bool[] evaluated = StepsWithValues(series);
            infos.Read(selector.MatchersFor(identities), evaluated, call);
        }

        return infos;
    }

    /// <summary>
    /// Sets, for each info metric, at each step one above the info series of the same identity; zero where there is none.
    /// </summary>
    public void Find(Labels labels, Span<int[]?> byMetric)
    {
        int identity = _identities.Find(labels);
        int metric = 0;
        foreach (Dictionary<int, int[]> newest in _newest.Values)
        {
            byMetric[metric++] = newest.GetValueOrDefault(identity);
        }
    }

    private static SortedDictionary<string, SortedSet<string>> IdentitiesOf(SeriesMatrix series, bool[] isInfo)
    {
        SortedDictionary<string, SortedSet<string>> identities = new(StringComparer.Ordinal);
        for (int row = 0; row < series.Count; row++)
        {
            foreach (string name in isInfo[row] ? [] : s_identifyingLabels)
            {
                string value = series.Labels(row).GetString(name);
                if (value.Length == 0)
                {
                    continue;
                }

                if (!identities.TryGetValue(name, out SortedSet<string>? values))
                {
                    identities[name] = values = new SortedSet<string>(StringComparer.Ordinal);
                }

                values.Add(value);
            }
        }

        return identities;
    }

    private static bool[] StepsWithValues(SeriesMatrix series)
    {
        bool[] steps = new bool[series.StepCount];
        for (int row = 0; row < series.Count; row++)
        {
            ReadOnlySpan<double> values = series.Values(row);
            ReadOnlySpan<FloatHistogram?> histograms = series.Histograms(row);
            for (int step = 0; step < steps.Length; step++)
            {
                steps[step] |= !Missing.IsMissing(values[step]) || (!histograms.IsEmpty && histograms[step] is not null);
            }
        }

        return steps;
    }

    private void Read(List<Matcher> matchers, bool[] evaluated, FunctionCall call)
    {
        EvaluationContext context = call.Context;
        SelectorWindow window = InfoTimes.Of(call.Argument(0), call.Steps, context.Steps, context.LookbackMs);
        SelectHints hints = new(
            window.FirstMs - context.LookbackMs + 1,
            window.LastMs,
            call.Steps.Count > 1 ? call.Steps.StepMs : 0,
            Function: "info");
        FloatsOnlySeries series = new(SelectorEvaluator.Select(matchers, in hints, context), in hints);
        VectorSelectorStream times = new(series, window, namesVary: true, wantTimestamps: true, context);
        long heldBefore = context.Budget.Held;
        List<double[]> timesOfSeries = [];
        while (times.MoveNext())
        {
            _series.Add(times.Labels);
            timesOfSeries.Add(times.Values.ToArray());
            Compete(timesOfSeries, evaluated);
        }

        context.Budget.ReturnTo(heldBefore);
    }

    /// <summary>The last series read takes the steps at which its sample is newer than that of the others of its identity.</summary>
    private void Compete(List<double[]> timesOfSeries, bool[] evaluated)
    {
        int added = _series.Count - 1;
        Labels labels = _series[added];
        string metric = labels.MetricName;
        if (!_newest.TryGetValue(metric, out Dictionary<int, int[]>? byIdentity))
        {
            _newest[metric] = byIdentity = [];
        }

        int identity = _identities.GetOrAdd(labels);
        if (!byIdentity.TryGetValue(identity, out int[]? newest))
        {
            byIdentity[identity] = newest = new int[evaluated.Length];
        }

        double[] times = timesOfSeries[added];
        for (int step = 0; step < newest.Length; step++)
        {
            if (Missing.IsMissing(times[step]))
            {
                continue;
            }

            double known = newest[step] == 0 ? double.NegativeInfinity : timesOfSeries[newest[step] - 1][step];
            if (known.Equals(times[step]) && evaluated[step])
            {
                throw SameTime(_series[newest[step] - 1], labels, times[step]);
            }

            newest[step] = times[step] > known ? added + 1 : newest[step];
        }
    }

    private static QueryException SameTime(Labels existing, Labels added, double seconds)
    {
        string time = Math.Round(seconds * 1000).ToString("F0", System.Globalization.CultureInfo.InvariantCulture);
        return new QueryException(
            QueryErrorKind.Execution,
            $"found duplicate series for info metric: existing {LabelsFormatter.FormatAsPairs(existing)} @ {time}, "
            + $"new {LabelsFormatter.FormatAsPairs(added)} @ {time}");
    }
}
