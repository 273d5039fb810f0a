namespace AmpEdge.Proxy.Usage;

/// <summary>How kinds of readers are called where people and programs see them.</summary>
internal static class ReaderKindNames
{
    private static readonly string[] s_names =
    [
        "", "query", "query_range", "query_exemplars", "series", "labels", "remote_read", "federate", "rule", "rule_file",
        "dashboard_file",
    ];

    public static string Of(ReaderKind kind) => s_names[(int)kind];

    public static bool IsKnown(byte number) => number > 0 && number < s_names.Length;
}
