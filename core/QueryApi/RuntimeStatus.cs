namespace AmpEdge.QueryApi;

/// <summary>What <c>status/runtimeinfo</c> tells and only the program itself can know.</summary>
public sealed record RuntimeStatus
{
    public required DateTimeOffset StartTime { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required bool LastReloadSuccessful { get; init; }

    public required DateTimeOffset LastReload { get; init; }

    /// <summary>Damages found in logs on disk.</summary>
    public int Corruptions { get; init; }

    /// <summary>How long samples are kept, as Prometheus words it; empty where none are.</summary>
    public string Retention { get; init; } = "";
}
