namespace AmpEdge.Proxy.Config;

/// <summary>Which requests the proxy answers itself because Amazon Managed Prometheus would not; none unless named.</summary>
internal sealed record LocalAnswersConfig
{
    /// <summary><c>/api/v1/status/buildinfo</c>.</summary>
    public bool BuildInfo { get; init; }

    /// <summary><c>/api/v1/status/config</c>.</summary>
    public bool Config { get; init; }

    /// <summary><c>/api/v1/status/flags</c>.</summary>
    public bool Flags { get; init; }

    /// <summary><c>/api/v1/status/runtimeinfo</c>.</summary>
    public bool RuntimeInfo { get; init; }

    /// <summary><c>/api/v1/format_query</c>.</summary>
    public bool FormatQuery { get; init; }

    /// <summary><c>/api/v1/parse_query</c>.</summary>
    public bool ParseQuery { get; init; }

    /// <summary><c>/-/healthy</c>.</summary>
    public bool Healthy { get; init; }

    /// <summary><c>/-/ready</c>.</summary>
    public bool Ready { get; init; }
}
