namespace AmpEdge.Tsdb;

/// <summary>What opening a database read back from its log.</summary>
/// <param name="Segments">Segments read.</param>
/// <param name="Records">Committed requests read.</param>
/// <param name="Samples">Samples now in the head; samples that were there already do not count.</param>
/// <param name="LostBytes">Bytes that could not be read, a torn last record included.</param>
/// <param name="Damages">What was wrong, one message each: file, byte, found, expected.</param>
public sealed record ReplayReport(
    int Segments, long Records, long Samples, long LostBytes, IReadOnlyList<string> Damages)
{
    /// <summary>The head came out of a snapshot, so the log was not read.</summary>
    public bool FromSnapshot { get; init; }

    /// <summary>How long reading took.</summary>
    public TimeSpan Duration { get; init; }
}
