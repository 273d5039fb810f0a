using System.Collections.Frozen;

namespace AmpEdge.Tests.Support;

/// <summary>
/// The parts of the language that the engine may refuse: a closed list, so that a part that works and is lost is a failure
/// of its cases and not one more skip. What becomes supported leaves this list.
/// </summary>
public static class LaterParts
{
    private const string RefusalSuffix = " is not supported by this version of the query engine";

    private static readonly FrozenSet<string> s_parts = FrozenSet.Create(
        StringComparer.Ordinal,
        "the function histogram_avg",
        "the function histogram_count",
        "the function histogram_stddev",
        "the function histogram_stdvar",
        "the function histogram_sum",
        "the native histogram operator </",
        "the native histogram operator >/");

    public static IReadOnlyCollection<string> All => s_parts;

    /// <summary>Whether an error of the engine refuses a part that is on the list.</summary>
    public static bool Names(string message) =>
        message.EndsWith(RefusalSuffix, StringComparison.Ordinal) && s_parts.Contains(message[..^RefusalSuffix.Length]);
}
