using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The labels of some series of a batch, copied from the table: few at a time, so that they stay in the nearest cache and scrapes
/// do not wait long for the table. Reusable; not thread-safe.
/// </summary>
internal sealed class BatchLabels(SeriesTable table)
{
    private const int MaxCount = 64;

    private readonly SeriesTable _table = table;
    private readonly ByteBuffer _blobs = new();
    private readonly int[] _ends = new int[MaxCount];

    /// <summary>The label blob of the entry of that place among those that were read.</summary>
    public ReadOnlySpan<byte> this[int index] => _blobs.Written[(index == 0 ? 0 : _ends[index - 1]).._ends[index]];

    /// <summary>Reads the labels of the first of some entries; returns of how many.</summary>
    public int Read(ReadOnlySpan<EntryPlace> batch, ReadOnlySpan<int> entries)
    {
        int count = Math.Min(entries.Length, MaxCount);
        _blobs.Clear();
        using SeriesTable.LabelReader labels = _table.ReadLabels();
        for (int index = 0; index < count; index++)
        {
            labels.Copy(batch[entries[index]].Entry.Series, _blobs);
            _ends[index] = _blobs.Length;
        }

        return count;
    }
}
