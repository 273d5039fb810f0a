using AmpEdge.Hosting;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tools;

/// <summary>A stretch of time, as promtool's flags have it: both ends inclusive, ms.</summary>
internal sealed class TimeFlags
{
    private readonly Flag<long> _min;
    private readonly Flag<long> _max;

    public TimeFlags(FlagGroup group)
    {
        _min = group.Number("min-time", long.MinValue, long.MinValue, long.MaxValue, "The first time wanted, Unix milliseconds.");
        _max = group.Number("max-time", long.MaxValue, long.MinValue, long.MaxValue, "The last time wanted, Unix milliseconds.");
    }

    public TimeInterval Times => new(_min.Value, _max.Value);

    /// <summary>What is wrong with them, or null.</summary>
    public string? FindProblem() => _min.Value <= _max.Value
        ? null
        : $"flag --max-time: is before --min-time (got {_max.Value}, allowed: from {_min.Value})";
}
