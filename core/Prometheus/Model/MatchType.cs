namespace AmpEdge.Prometheus;

/// <summary>The four ways a matcher compares.</summary>
public enum MatchType
{
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}
