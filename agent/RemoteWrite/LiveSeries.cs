using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// The series that are being scraped, as a destination sends them, by their number. Used under the buffer's commit lock only.
/// </summary>
internal sealed class LiveSeries(SeriesTable table, LabelBlockBuilder blocks)
{
    private readonly ByteBuffer _labels = new();
    private SendSeries[] _series = new SendSeries[256];

    public SendSeries Get(SeriesRef series)
    {
        if (series.Value >= _series.Length)
        {
            Array.Resize(ref _series, Math.Max(table.RefLimit, (int)series.Value + 1));
        }

        ref SendSeries known = ref _series[series.Value];
        if (known.LabelBlock is null)
        {
            _labels.Clear();
            ulong hash = table.CopyLabels(series, _labels);
            known = blocks.Build(_labels.Written, hash);
        }

        return known;
    }

    public void Forget(SeriesRef series)
    {
        if (series.Value < _series.Length)
        {
            _series[series.Value] = default;
        }
    }
}
