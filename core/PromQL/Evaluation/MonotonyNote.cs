using System.Globalization;

namespace AmpEdge.PromQL;

/// <summary>The info that classic histograms had to be fixed, one for a metric and place, which sums up all samples of the query.</summary>
internal sealed class MonotonyNote(string text, int position)
{
    private ForcedMonotony _forced = ForcedMonotony.None;
    private long _firstMs = long.MaxValue;
    private long _lastMs = long.MinValue;
    private int _count;

    public int Position => position;

    /// <summary>One more sample was fixed.</summary>
    public void Add(ForcedMonotony forced, long timeMs)
    {
        _forced |= forced;
        _firstMs = Math.Min(_firstMs, timeMs);
        _lastMs = Math.Max(_lastMs, timeMs);
        _count++;
    }

    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{text}, from buckets {GoNumber.General(_forced.FirstBound)} to {GoNumber.General(_forced.LastBound)}, "
        + $"with a max diff of {GoNumber.General(_forced.LargestRaise, digits: 2)}, over {_count} samples "
        + $"from {Time(_firstMs)} to {Time(_lastMs)}");

    /// <summary>RFC 3339 to the second, as far as the calendar of the runtime reaches.</summary>
    private static string Time(long timeMs)
    {
        long seconds = Math.Clamp(
            timeMs / 1000, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
