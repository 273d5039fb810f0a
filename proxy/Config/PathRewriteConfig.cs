namespace AmpEdge.Proxy.Config;

/// <summary>Turns the paths that match into others; one of prefix and regex is given.</summary>
internal sealed record PathRewriteConfig
{
    /// <summary>Whole segments, which the replacement takes the place of.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Anchored, over the whole path; the replacement may refer to its groups.</summary>
    public string Regex { get; init; } = "";

    public string Replacement { get; init; } = "";
}
