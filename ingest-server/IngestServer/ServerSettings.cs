using AmpEdge.IngestServer.RemoteRead;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer;

/// <summary>What the flags say. Unlike the configuration file it holds for the life of the process.</summary>
internal sealed record ServerSettings
{
    public required string ConfigFile { get; init; }

    /// <summary>Folder of the data, one folder below it for each workspace.</summary>
    public required string StoragePath { get; init; }

    public required string ListenAddress { get; init; }

    /// <summary>Second listener for metrics, reload and pages; empty for none.</summary>
    public string ManagementAddress { get; init; } = "";

    /// <summary><c>/-/reload</c> and <c>/-/quit</c> may be called.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary><c>admin/tsdb</c> may be called: series deleted, snapshots made.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary><c>--auth=none</c>: nothing is signed; only on loopback.</summary>
    public bool WithoutAuth { get; init; }

    /// <summary>Paths that AMP does not have are not served.</summary>
    public bool StrictAmp { get; init; }

    /// <summary>Regular expression of origins whose pages may read answers.</summary>
    public string CorsOrigin { get; init; } = ".*";

    /// <summary>Each flag with its value, given or default, as the API shows them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Flags { get; init; } = [];

    /// <summary>Statistics of a query tell samples by step: the feature <c>promql-per-step-stats</c>.</summary>
    public bool PerStepStatistics { get; init; }

    public RemoteReadLimits RemoteRead { get; init; } = new();

    public EngineOptions Engine { get; init; } = new();
}
