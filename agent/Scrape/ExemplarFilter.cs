using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Lets each exemplar of a target through once: a page shows it until another takes its place.</summary>
internal sealed class ExemplarFilter
{
    private readonly Dictionary<SeriesRef, LastExemplar> _last = [];

    /// <summary>Adds a series' new exemplars to the batch. Those of a histogram need a time of their own.</summary>
    public void Store(SeriesRef series, ExemplarList exemplars, bool isHistogram, long timestampMs, SampleBatch batch)
    {
        exemplars.SortByTime();
        foreach (ref readonly ListedExemplar exemplar in exemplars.Items)
        {
            if (isHistogram && !exemplar.HasTimestamp)
            {
                continue;
            }

            ReadOnlySpan<byte> labels = exemplars.LabelsOf(in exemplar);
            LastExemplar now = new(
                exemplar.HasTimestamp ? exemplar.TimestampMs : long.MinValue,
                XxHash64.Hash(labels, BitConverter.DoubleToUInt64Bits(exemplar.Value)));
            if (!_last.TryGetValue(series, out LastExemplar last)
                || (now.TimestampMs >= last.TimestampMs && now != last)
                || !exemplar.HasTimestamp && now != last)
            {
                _last[series] = now;
                batch.AddExemplar(
                    series, exemplar.HasTimestamp ? exemplar.TimestampMs : timestampMs, exemplar.Value, labels);
            }
        }
    }

    public void Forget(SeriesRef series) => _last.Remove(series);

    public void Clear() => _last.Clear();

    private readonly record struct LastExemplar(long TimestampMs, ulong Hash);
}
