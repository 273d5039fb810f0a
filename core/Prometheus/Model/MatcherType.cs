namespace AmpEdge.Prometheus;

/// <summary>The four ways a matcher compares.</summary>
public enum MatcherType
{
    Equal,
    NotEqual,
    Regex,
    NotRegex,
}
