namespace AmpEdge.Agent.Budget;

/// <summary>How much of the memory that the agent may take is in use, and with that what is held back.</summary>
internal enum MemoryLevel
{
    /// <summary>Nothing is held back.</summary>
    Ample,

    /// <summary>Destinations hold one batch per shard in memory; the rest of what waits for them stays on the disk.</summary>
    Tight,

    /// <summary>Besides, no series is taken that is not there yet; those that are go on.</summary>
    Full,
}
