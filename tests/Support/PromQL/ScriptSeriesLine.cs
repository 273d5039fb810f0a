using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Tests.Support;

/// <summary>A line of a script that names a series and its values: <c>metric{a="b"} 1 2+1x3 _ stale</c>.</summary>
public sealed class ScriptSeriesLine
{
    private ScriptSeriesLine(Labels labels, List<ScriptValue> values)
    {
        Labels = labels;
        Values = values;
    }

    public Labels Labels { get; }

    public IReadOnlyList<ScriptValue> Values { get; }

    public static ScriptSeriesLine Parse(string line)
    {
        if (!SeriesDescriptionParser.TryParse(line, out SeriesDescription? description, out ParseError? error))
        {
            throw new FormatException($"'{line}' describes no series: {error}");
        }

        List<ScriptValue> values = new(description.Values.Count);
        foreach (SequenceValue value in description.Values)
        {
            values.Add(value switch
            {
                { IsOmitted: true } => ScriptValue.Nothing,
                { Histogram: { } histogram } => new ScriptValue(false, 0, histogram, value.HasCounterResetHint),
                _ => ScriptValue.Of(value.Value),
            });
        }

        return new ScriptSeriesLine(description.Labels, values);
    }
}
