namespace AmpEdge.PromQL;

/// <summary>What a query took.</summary>
/// <param name="TotalQueryableSamples">Samples looked at over all steps, as the API's <c>stats</c> counts them.</param>
/// <param name="PeakSamples">The most samples held in memory at one time.</param>
/// <param name="QueueTime">How long the query waited for its turn.</param>
/// <param name="EvaluationTime">How long it was evaluated, parsing included.</param>
public sealed record QueryStatistics(
    long TotalQueryableSamples,
    long PeakSamples,
    TimeSpan QueueTime,
    TimeSpan EvaluationTime)
{
    /// <summary>Times of the query's steps and the samples looked at for each; null when they were not counted.</summary>
    public IReadOnlyList<KeyValuePair<long, long>>? SamplesPerStep { get; init; }
}
