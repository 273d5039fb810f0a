namespace AmpEdge.Proxy.Config;

/// <summary>A line of JSON for each request.</summary>
internal sealed record AccessLogConfig
{
    /// <summary>The file that lines go to, or <c>stdout</c>; empty: no access log.</summary>
    public string Path { get; init; } = "";

    /// <summary>The share of requests that are written, from 0 to 1; those that failed are always.</summary>
    public double SampleRatio { get; init; } = 1;

    /// <summary>Writes the values of query parameters; else only their names.</summary>
    public bool QueryValues { get; init; }
}
