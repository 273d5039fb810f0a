using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Rules;

/// <summary>How strictly rule files are read.</summary>
internal sealed record RuleFileOptions
{
    public static RuleFileOptions Default { get; } = new();

    /// <summary>Keys that are not known are passed by.</summary>
    public bool IgnoreUnknownFields { get; init; }

    /// <summary>Names may only have the characters of Prometheus 2; else they may be any UTF-8.</summary>
    public bool LegacyNames { get; init; }

    /// <summary>Which experimental parts of the language expressions may use.</summary>
    public ParserOptions Parser { get; init; } = ParserOptions.Default;
}
