namespace AmpEdge.Tsdb;

/// <summary>Times from one to another, both inclusive, ms.</summary>
public readonly record struct TimeInterval(long MinTimeMs, long MaxTimeMs)
{
    public bool Contains(long timeMs) => MinTimeMs <= timeMs && timeMs <= MaxTimeMs;

    /// <summary>Whether all of another interval is within this one.</summary>
    public bool Covers(long minTimeMs, long maxTimeMs) => MinTimeMs <= minTimeMs && maxTimeMs <= MaxTimeMs;
}
