namespace AmpEdge.IngestServer.Auth;

/// <summary>Names of actions as policies and messages spell them.</summary>
internal static class DataPlaneActions
{
    public const string Prefix = "aps:";

    private static readonly string[] s_names =
        Array.ConvertAll(Enum.GetValues<DataPlaneAction>(), action => Prefix + action);

    /// <summary>All actions, in the order of the enum.</summary>
    public static ReadOnlySpan<string> Names => s_names;

    public static string Name(DataPlaneAction action) => s_names[(int)action];

    /// <summary>True when at least one action matches the pattern: a policy line that allows nothing is a mistake.</summary>
    public static bool IsKnownPattern(string pattern)
    {
        foreach (string name in s_names)
        {
            if (WildcardPattern.Matches(pattern, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
