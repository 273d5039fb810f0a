using System.Collections;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Templates;

/// <summary>
/// What the values of templates can do: texts, truth values, integers (long), floats (double), times, durations, maps,
/// lists, samples, native histograms, and nil.
/// </summary>
internal static class GoValues
{
    /// <summary>Nil, false, zero and what is empty are not true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        TimeSpan duration => duration != TimeSpan.Zero,
        ICollection items => items.Count > 0,
        IReadOnlyDictionary<string, string> map => map.Count > 0,
        _ => true,
    };

    /// <summary>The field of a structure or the value of a map; keys that a map does not have give its zero value.</summary>
    public static bool TryGetField(object? value, string name, out object? field, out string problem)
    {
        field = null;
        problem = "";
        switch (value)
        {
            case AlertTemplateContext context:
                return TryGet(name, out field, out problem, "template.AlertTemplateData", name switch
                {
                    "Labels" => context.Labels,
                    "ExternalLabels" => context.ExternalLabels,
                    "ExternalURL" => context.ExternalUrl,
                    "Value" => context.Value,
                    _ => null,
                });
            case TemplateSample sample:
                return TryGet(name, out field, out problem, "*template.sample", name switch
                {
                    "Labels" => sample.Labels,
                    "Value" => sample.Value,
                    _ => null,
                });
            case FloatHistogram histogram:
                return TryGet(name, out field, out problem, "*histogram.FloatHistogram", name switch
                {
                    "Count" => histogram.Count,
                    "Sum" => histogram.Sum,
                    "ZeroCount" => histogram.ZeroCount,
                    "ZeroThreshold" => histogram.ZeroThreshold,
                    "Schema" => (object)(long)histogram.Schema,
                    _ => null,
                });
            case IReadOnlyDictionary<string, string> map:
                field = map.GetValueOrDefault(name, "");
                return true;
            case IReadOnlyDictionary<string, object?> map:
                field = map.GetValueOrDefault(name);
                return true;
            case null:
                problem = $"nil data; no entry for key \"{name}\"";
                return false;
            default:
                problem = $"can't evaluate field {name} in type {TypeName(value)}";
                return false;
        }
    }

    /// <summary>What Go calls the type of a value.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        bool => "bool",
        long => "int",
        double => "float64",
        string => "string",
        TimeSpan => "time.Duration",
        DateTimeOffset => "*time.Time",
        TemplateSample => "*template.sample",
        FloatHistogram => "*histogram.FloatHistogram",
        IReadOnlyDictionary<string, string> => "map[string]string",
        IReadOnlyDictionary<string, object?> => "map[string]interface {}",
        IList => "template.queryResult",
        _ => "interface {}",
    };

    public static List<string> SortedKeys(IEnumerable<string> keys)
    {
        List<string> sorted = [.. keys];
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }

    /// <summary>How much a text (in bytes), map or list holds.</summary>
    public static long Length(object? value) => value switch
    {
        string text => Encoding.UTF8.GetByteCount(text),
        ICollection items => items.Count,
        IReadOnlyDictionary<string, string> map => map.Count,
        _ => throw new TemplateException($"len of type {TypeName(value)}"),
    };

    /// <summary>Whether two values of one kind are equal.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        if (left.GetType() != right.GetType())
        {
            throw new TemplateException("incompatible types for comparison");
        }

        return left is bool or long or double or string or TimeSpan
            ? left.Equals(right) && !(left is double number && double.IsNaN(number))
            : throw new TemplateException($"non-comparable type {GoPrint.Value(left)}: {TypeName(left)}");
    }

    /// <summary>Whether one value comes before another of its kind.</summary>
    public static bool IsLess(object? left, object? right) => (left, right) switch
    {
        (long first, long second) => first < second,
        (double first, double second) => first < second,
        (string first, string second) => string.CompareOrdinal(first, second) < 0,
        (TimeSpan first, TimeSpan second) => first < second,
        (null, _) or (_, null) or (bool, _) or (_, bool) => throw new TemplateException("invalid type for comparison"),
        _ => throw new TemplateException("incompatible types for comparison"),
    };

    private static bool TryGet(string name, out object? field, out string problem, string type, object? found)
    {
        field = found;
        problem = found is null ? $"can't evaluate field {name} in type {type}" : "";
        return found is not null;
    }
}
