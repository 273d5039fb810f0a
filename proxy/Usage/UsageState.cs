namespace AmpEdge.Proxy.Usage;

/// <summary>What a state file holds.</summary>
/// <param name="Owner">The observation that the proxy of the file goes on with; empty in a merged file.</param>
/// <param name="Observations">Each observer once.</param>
internal sealed record UsageState(Guid Owner, IReadOnlyList<Observation> Observations)
{
    /// <summary>
    /// All observations of several files: of an observer that is in more than one, the one that watched longer. So the order of the
    /// files, and giving one twice, do not matter.
    /// </summary>
    public static UsageState Merge(IEnumerable<UsageState> states)
    {
        SortedDictionary<Guid, Observation> merged = [];
        foreach (UsageState state in states)
        {
            foreach (Observation observation in state.Observations)
            {
                if (!merged.TryGetValue(observation.Id, out Observation? known) || IsLater(observation, known))
                {
                    merged[observation.Id] = observation;
                }
            }
        }

        return new UsageState(Guid.Empty, [.. merged.Values]);
    }

    private static bool IsLater(Observation observation, Observation known) =>
        observation.UpdatedMs != known.UpdatedMs
            ? observation.UpdatedMs > known.UpdatedMs
            : observation.WatchedSeconds > known.WatchedSeconds;
}
