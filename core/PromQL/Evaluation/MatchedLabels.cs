using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The labels of the result of two series that met: those of the "many" side, less what the matching leaves out, plus
/// what <c>group_left</c> or <c>group_right</c> takes from the "one" side.
/// </summary>
internal sealed class MatchedLabels
{
    private readonly LabelsBuilder _builder = new();
    private readonly LabelProjection? _kept;
    private readonly byte[][] _removed;
    private readonly byte[][] _included;

    /// <param name="matching">What matches, and what is included.</param>
    /// <param name="dropName">The result is no longer the metric, and the name goes at once.</param>
    public MatchedLabels(VectorMatching matching, bool dropName)
    {
        bool oneToOne = matching.Cardinality == MatchCardinality.OneToOne;
        _kept = oneToOne && matching.On ? LabelProjection.Keep(matching.Labels) : null;
        List<byte[]> removed = [];
        if (dropName)
        {
            removed.Add(LabelNames.MetricNameUtf8.ToArray());
            removed.Add(LabelNames.MetricTypeUtf8.ToArray());
            removed.Add(LabelNames.MetricUnitUtf8.ToArray());
        }

        if (oneToOne && !matching.On)
        {
            removed.AddRange(Encode(matching.Labels));
        }

        _removed = [.. removed];
        _included = Encode(matching.Include);
    }

    public Labels Build(Labels many, Labels one)
    {
        Labels labels = _kept is null ? many : Labels.FromBlob(_kept.Project(many));
        if (_removed.Length == 0 && _included.Length == 0)
        {
            return labels;
        }

        _builder.Reset(labels);
        foreach (byte[] name in _removed)
        {
            _builder.Remove(name);
        }

        foreach (byte[] name in _included)
        {
            _builder.Set(name, one.Get(name));
        }

        return _builder.Build();
    }

    private static byte[][] Encode(IReadOnlyList<string> names)
    {
        byte[][] encoded = new byte[names.Count][];
        for (int index = 0; index < encoded.Length; index++)
        {
            encoded[index] = Encoding.UTF8.GetBytes(names[index]);
        }

        return encoded;
    }
}
