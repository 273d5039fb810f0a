using System.Runtime.InteropServices;

namespace AmpEdge.Hosting;

/// <summary>A metric with labels. Components take their children once, in the constructor, and keep them.</summary>
public sealed class MetricFamily<TMetric> : MetricFamily
    where TMetric : Metric
{
    private readonly Lock _childrenLock = new();
    private readonly Dictionary<string, TMetric> _children = new(StringComparer.Ordinal);
    private readonly Func<TMetric> _create;
    private Metric[]? _ordered;

    internal MetricFamily(
        MetricKind kind, string name, string help, string[] labelNames, Func<TMetric> create)
        : base(kind, name, help, labelNames)
    {
        _create = create;
    }

    /// <summary>The child with these label values, made at first use. Not for hot paths: keep what it returns.</summary>
    public TMetric With(params ReadOnlySpan<string> labelValues)
    {
        string key = Key(labelValues);
        lock (_childrenLock)
        {
            ref TMetric? child = ref CollectionsMarshal.GetValueRefOrAddDefault(_children, key, out _);
            if (child is null)
            {
                child = _create();
                child.SetLabels(LabelNames, labelValues);
                _ordered = null;
            }

            return child;
        }
    }

    /// <summary>Ends the export of a child, for instance when its target is gone; false when there was none.</summary>
    public bool Remove(params ReadOnlySpan<string> labelValues)
    {
        string key = Key(labelValues);
        lock (_childrenLock)
        {
            _ordered = null;
            return _children.Remove(key);
        }
    }

    internal override Metric[] Children()
    {
        lock (_childrenLock)
        {
            if (_ordered is { } ordered)
            {
                return ordered;
            }

            TMetric[] children = [.. _children.Values];
            Array.Sort(children, static (left, right) => Compare(left.LabelValues, right.LabelValues));
            return _ordered = children;
        }
    }

    private static int Compare(string[] left, string[] right)
    {
        for (int index = 0; index < left.Length; index++)
        {
            int order = string.CompareOrdinal(left[index], right[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    private string Key(ReadOnlySpan<string> labelValues)
    {
        if (labelValues.Length != LabelNames.Length)
        {
            throw new ArgumentException(
                $"metric {Name} has the {LabelNames.Length} labels [{string.Join(", ", LabelNames)}], " +
                $"got {labelValues.Length} values [{string.Join(", ", labelValues.ToArray())}]",
                nameof(labelValues));
        }

        // No label value holds U+FFFF, a code point that is never a character.
        return labelValues.Length == 1 ? labelValues[0] : string.Join('\uFFFF', labelValues!);
    }
}
