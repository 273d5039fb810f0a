namespace AmpEdge.Proxy.Config;

/// <summary>The requests of a route: all that meet every condition that is given; without any, all.</summary>
internal sealed record MatchConfig
{
    /// <summary>Names of listeners.</summary>
    public IReadOnlyList<string> Listeners { get; init; } = [];

    /// <summary>Host headers without their port; <c>*.example.org</c> takes everything below.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Whole segments: <c>/a</c> takes <c>/a</c> and <c>/a/b</c>, not <c>/ab</c>. Empty: every path.</summary>
    public string PathPrefix { get; init; } = "";

    /// <summary>In upper case.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Header fields with the value that one of them must have; an empty value: the field is there.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
