using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Functions that have a value where their argument has none.</summary>
internal static class AbsenceFunctions
{
    public static NodeValue Absent(FunctionCall call) => WhereAbsent(call, call.Vector(0));

    public static NodeValue AbsentOverTime(FunctionCall call)
    {
        SeriesStream present = new RangeFunctionStream(
            call.Range(0), new SampleCountFunction(static _ => 1), call.Context);
        return WhereAbsent(call, present);
    }

    /// <summary>One series of ones at the steps where no row has a value.</summary>
    private static SeriesStream WhereAbsent(FunctionCall call, SeriesStream stream)
    {
        SeriesMatrix result = new(call.Steps.Count);
        Span<double> values = result.AddMissing(LabelsOf(call.Argument(0)), dropName: false);
        values.Fill(1);
        long heldBefore = call.Context.Budget.Held;
        while (stream.MoveNext())
        {
            ReadOnlySpan<double> row = stream.Values;
            for (int step = 0; step < row.Length; step++)
            {
                if (!Missing.IsMissing(row[step]))
                {
                    values[step] = Missing.Value;
                }
            }

            ReadOnlySpan<FloatHistogram?> histograms = stream.Histograms;
            for (int step = 0; step < histograms.Length; step++)
            {
                values[step] = histograms[step] is null ? values[step] : Missing.Value;
            }
        }

        call.Context.Budget.ReturnTo(heldBefore);
        return result.ToStream();
    }

    /// <summary>The labels that a selector fixes; a name that stands in more than one matcher is none of them.</summary>
    private static Labels LabelsOf(Expr argument)
    {
        IReadOnlyList<Matcher> matchers = argument switch
        {
            VectorSelector selector => selector.Matchers,
            MatrixSelector selector => selector.Selector.Matchers,
            _ => [],
        };
        LabelsBuilder labels = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Name == LabelNames.MetricName)
            {
                continue;
            }

            if (matcher.Type == MatcherType.Equal && seen.Add(matcher.Name))
            {
                labels.Set(matcher.Name, matcher.Value);
            }
            else
            {
                labels.Remove(matcher.Name);
            }
        }

        return labels.Build();
    }
}
