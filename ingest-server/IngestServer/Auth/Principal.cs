using AmpEdge.IngestServer.Config;

namespace AmpEdge.IngestServer.Auth;

/// <summary>An authenticated caller and its permissions. Denies what no pattern allows.</summary>
internal sealed class Principal(PrincipalConfig config)
{
    private readonly PrincipalConfig _config = config;

    public string Name => _config.Name;

    public string Arn => _config.Arn;

    /// <summary>Action names are compared without regard to case, workspace ids with it, as IAM does.</summary>
    public bool Allows(DataPlaneAction action, string workspaceId) =>
        AnyMatches(_config.Actions, DataPlaneActions.Name(action), StringComparison.OrdinalIgnoreCase)
        && AnyMatches(_config.Workspaces, workspaceId, StringComparison.Ordinal);

    private static bool AnyMatches(IReadOnlyList<string> patterns, string text, StringComparison comparison)
    {
        for (int index = 0; index < patterns.Count; index++)
        {
            if (WildcardPattern.Matches(patterns[index], text, comparison))
            {
                return true;
            }
        }

        return false;
    }
}
