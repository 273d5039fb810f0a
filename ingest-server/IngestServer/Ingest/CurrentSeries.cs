using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>One series of a request while its samples are written.</summary>
/// <param name="rawLabels">Its labels as fields of remote write 1.0.</param>
internal ref struct CurrentSeries(ReadOnlySpan<byte> rawLabels)
{
    public readonly ReadOnlySpan<byte> RawLabels = rawLabels;

    /// <summary>The store has it.</summary>
    public bool IsKnown;

    /// <summary>Its number there, once it is known.</summary>
    public SeriesRef Reference;

    /// <summary>Its labels, checked, while the store does not have it.</summary>
    public Labels NewLabels = Labels.Empty;
}
