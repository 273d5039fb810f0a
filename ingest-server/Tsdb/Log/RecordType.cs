namespace AmpEdge.Tsdb;

/// <summary>The kinds of records in the head's log. The numbers are on disk: they may only grow.</summary>
internal enum RecordType : byte
{
    /// <summary>One committed request.</summary>
    Commit = 1,
}
