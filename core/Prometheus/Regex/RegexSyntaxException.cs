namespace AmpEdge.Prometheus;

/// <summary>An expression that RE2 would refuse, in RE2's words, or one of the few that this library cannot take.</summary>
public sealed class RegexSyntaxException(string problem, string fragment)
    : FormatException($"error parsing regexp: {problem}: `{fragment}`");
