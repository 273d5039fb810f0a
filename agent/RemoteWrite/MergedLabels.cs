using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Walks the labels of a blob together with those of another one that the first does not have, in name order: how external
/// labels join a series.
/// </summary>
internal ref struct MergedLabels
{
    private LabelsEnumerator _labels;
    private LabelsEnumerator _added;
    private bool _hasLabel;
    private bool _hasAdded;
    private bool _atAdded;
    private bool _started;

    public MergedLabels(ReadOnlySpan<byte> labelBlob, ReadOnlySpan<byte> added)
    {
        _labels = new LabelsEnumerator(labelBlob);
        _added = new LabelsEnumerator(added);
        _hasAdded = _added.MoveNext();
    }

    public readonly LabelPair Current => _atAdded ? _added.Current : _labels.Current;

    public readonly MergedLabels GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_started && _atAdded)
        {
            _hasAdded = _added.MoveNext();
        }
        else
        {
            _hasLabel = _labels.MoveNext();
        }

        _started = true;
        while (_hasAdded)
        {
            int order = _hasLabel ? _added.Current.Name.SequenceCompareTo(_labels.Current.Name) : -1;
            if (order != 0)
            {
                _atAdded = order < 0;
                return true;
            }

            // The series' own label stands.
            _hasAdded = _added.MoveNext();
        }

        _atAdded = false;
        return _hasLabel;
    }
}
