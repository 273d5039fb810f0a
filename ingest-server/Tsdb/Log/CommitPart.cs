namespace AmpEdge.Tsdb;

/// <summary>The parts that may follow the samples of a commit record, in this order. The numbers are on disk: they may only grow.</summary>
internal enum CommitPart : byte
{
    /// <summary>The earliest time at which the request took samples out of order.</summary>
    OldestLate = 1,

    /// <summary>Native histograms.</summary>
    Histograms = 2,

    /// <summary>Exemplars.</summary>
    Exemplars = 3,
}
