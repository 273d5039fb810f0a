using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Functions that write labels. Their results may meet; then the query fails.</summary>
internal static class LabelFunctions
{
    private const int FirstJoined = 3;

    /// <summary>
    /// <c>label_replace(v, dst, replacement, src, regex)</c>: series whose source label matches get the target.
    /// </summary>
    public static NodeValue Replace(FunctionCall call)
    {
        string target = TargetName(call, call.Text(1));
        RegexTemplate replacement = new(call.Text(2).Value);
        byte[] source = call.Text(3).Utf8.ToArray();
        string pattern = call.Text(4).Value;
        if (!AnchoredRegex.TryCreate(pattern, out AnchoredRegex? regex, out _))
        {
            throw Invalid($"invalid regular expression in label_replace(): {pattern}");
        }

        return Relabelled(call, target, labels =>
            regex.TryExpand(Encoding.UTF8.GetString(labels.Get(source)), replacement, out string? value)
                ? value
                : null);
    }

    /// <summary><c>label_join(v, dst, separator, src…)</c>: every series gets the target.</summary>
    public static NodeValue Join(FunctionCall call)
    {
        string target = TargetName(call, call.Text(1));
        string separator = call.Text(2).Value;
        string[] sources = new string[call.ArgumentCount - FirstJoined];
        for (int index = 0; index < sources.Length; index++)
        {
            StringLiteral name = call.Text(FirstJoined + index);
            sources[index] = LabelNames.IsUtf8Name(name.Utf8.Span)
                ? name.Value
                : throw Invalid($"invalid source label name in label_join(): {name.Value}");
        }

        string[] values = new string[sources.Length];
        return Relabelled(call, target, labels =>
        {
            for (int index = 0; index < sources.Length; index++)
            {
                values[index] = labels.GetString(sources[index]);
            }

            return string.Join(separator, values);
        });
    }

    private static string TargetName(FunctionCall call, StringLiteral name) =>
        LabelNames.IsUtf8Name(name.Utf8.Span)
            ? name.Value
            : throw Invalid($"invalid destination label name in {call.Node.Function.Name}(): {name.Value}");

    // No value leaves a series as it is.
    private static SeriesStream Relabelled(FunctionCall call, string target, Func<Labels, string?> valueOf)
    {
        bool setsName = target == LabelNames.MetricName;
        LabelsBuilder builder = new();
        MergingMatrix result = new(call.Steps.Count);
        SeriesStream stream = call.Vector(0);
        while (stream.MoveNext())
        {
            Labels labels = stream.Labels;
            bool dropName = stream.DropName;
            if (valueOf(labels) is { } value)
            {
                builder.Reset(labels);
                builder.Set(target, value);
                labels = builder.Build();
                dropName &= !setsName;
            }

            result.Add(labels, dropName, stream.Values, stream.Histograms);
        }

        result.Matrix.NamesVary = stream.NamesVary || setsName;
        return result.Matrix.ToStream();
    }

    private static QueryException Invalid(string message) => new(QueryErrorKind.Execution, message);
}
