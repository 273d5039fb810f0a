using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>
/// Walks the selected series of several blocks together, in the order of labels: at each step one label set and the walks
/// that stand at it. One thread.
/// </summary>
internal sealed class BlockSeriesMerge
{
    private readonly SelectedBlockSeries[] _walks;

    /// <summary>The places of the walks that are not at their end.</summary>
    private readonly List<int> _open = [];
    private readonly List<int> _current = [];
    private bool _begun;

    /// <param name="walks">The walks, in the order in which their blocks count when two have a sample at one time.</param>
    public BlockSeriesMerge(SelectedBlockSeries[] walks) => _walks = walks;

    /// <summary>The places of the walks that stand at the current series, rising.</summary>
    public IReadOnlyList<int> Current => _current;

    /// <summary>The current labels as the blob of a <see cref="Labels"/>; valid until the next step.</summary>
    public ReadOnlySpan<byte> LabelsBlob => _walks[_current[0]].LabelsBlob;

    public Labels Labels => _walks[_current[0]].Labels;

    public SelectedBlockSeries this[int place] => _walks[place];

    /// <summary>Goes to the next series; false at the end.</summary>
    public bool MoveNext()
    {
        Advance();
        _current.Clear();
        foreach (int place in _open)
        {
            int order = _current.Count == 0 ? 0 : Labels.Compare(_walks[place].LabelsBlob, LabelsBlob);
            if (order < 0)
            {
                _current.Clear();
            }

            if (order <= 0)
            {
                _current.Add(place);
            }
        }

        return _current.Count > 0;
    }

    private void Advance()
    {
        if (!_begun)
        {
            _begun = true;
            for (int place = 0; place < _walks.Length; place++)
            {
                if (_walks[place].MoveNext())
                {
                    _open.Add(place);
                }
            }

            return;
        }

        foreach (int place in _current)
        {
            if (!_walks[place].MoveNext())
            {
                _open.Remove(place);
            }
        }
    }
}
