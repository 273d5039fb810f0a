namespace AmpEdge.Agent.Buffer;

/// <summary>What became of the samples of a commit.</summary>
internal enum CommitOutcome
{
    /// <summary>They are in the buffer, and survive the process.</summary>
    Written,

    /// <summary>The disk is full and shedding the oldest segments did not help; they are lost and counted.</summary>
    DiskFull,

    /// <summary>The disk refused the write; they are lost and counted.</summary>
    Failed,
}
