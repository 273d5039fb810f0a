using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Numbers the groups into which a projection puts label sets, in the order of their first member.</summary>
internal sealed class LabelGroups
{
    private readonly LabelProjection _projection;
    private readonly List<Labels> _labels = [];
    private Labels? _last;
    private int _lastGroup;
    private readonly Dictionary<Labels, int> _indexes = new(LabelsBlobComparer.Instance);
    private readonly Dictionary<Labels, int>.AlternateLookup<ReadOnlySpan<byte>> _indexesByBlob;

    public LabelGroups(LabelProjection projection)
    {
        _projection = projection;
        _indexesByBlob = _indexes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _labels.Count;

    /// <summary>The labels that the members of a group share.</summary>
    public Labels this[int group] => _labels[group];

    /// <summary>The group of a label set; a new one when it is the first of its group.</summary>
    public int GetOrAdd(Labels labels)
    {
        if (!ReferenceEquals(labels, _last))
        {
            _lastGroup = FindOrAdd(labels);
            _last = labels;
        }

        return _lastGroup;
    }

    /// <summary>The group of a label set, or -1 when no member came before.</summary>
    public int Find(Labels labels) =>
        _indexesByBlob.TryGetValue(_projection.Project(labels), out int group) ? group : -1;

    private int FindOrAdd(Labels labels)
    {
        ReadOnlySpan<byte> blob = _projection.Project(labels);
        if (_indexesByBlob.TryGetValue(blob, out int group))
        {
            return group;
        }

        Labels groupLabels = Labels.FromBlob(blob);
        group = _labels.Count;
        _labels.Add(groupLabels);
        _indexes.Add(groupLabels, group);
        return group;
    }
}
