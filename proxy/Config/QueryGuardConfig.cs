namespace AmpEdge.Proxy.Config;

/// <summary>Keeps queries from costing too much: AMP bills the samples that they process.</summary>
internal sealed record QueryGuardConfig
{
    /// <summary>Sent as <c>max_samples_processed_error_threshold</c> with each query that has none; 0: not sent.</summary>
    public long MaxSamplesProcessed { get; init; }

    /// <summary>From start to end of a range query; zero for no bound.</summary>
    public TimeSpan MaxRange { get; init; }
}
