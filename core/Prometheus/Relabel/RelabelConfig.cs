namespace AmpEdge.Prometheus;

/// <summary>One relabel rule as written, with Prometheus's defaults. <see cref="RelabelRule"/> is its compiled form.</summary>
public sealed record RelabelConfig
{
    public const string DefaultSeparator = ";";
    public const string DefaultRegex = "(.*)";
    public const string DefaultReplacement = "$1";

    public IReadOnlyList<string> SourceLabels { get; init; } = [];

    /// <summary>Stands between the values of several source labels.</summary>
    public string Separator { get; init; } = DefaultSeparator;

    /// <summary>RE2, anchored at both ends.</summary>
    public string Regex { get; init; } = DefaultRegex;

    /// <summary>Divisor of <see cref="RelabelAction.HashMod"/>; not zero there.</summary>
    public ulong Modulus { get; init; }

    /// <summary>May refer to groups of the regex in <see cref="RelabelAction.Replace"/>; empty where not given.</summary>
    public string TargetLabel { get; init; } = "";

    public string Replacement { get; init; } = DefaultReplacement;

    public RelabelAction Action { get; init; } = RelabelAction.Replace;
}
