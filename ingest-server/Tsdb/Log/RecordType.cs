namespace AmpEdge.Tsdb;

/// <summary>The kinds of records in the head's log. The numbers are on disk: they may only grow.</summary>
internal enum RecordType : byte
{
    /// <summary>One committed request.</summary>
    Commit = 1,

    /// <summary>The same with parts behind the samples: histograms, exemplars, the out-of-order window.</summary>
    CommitWithParts = 2,

    /// <summary>Samples of some series between two times are deleted.</summary>
    Deletion = 3,
}
