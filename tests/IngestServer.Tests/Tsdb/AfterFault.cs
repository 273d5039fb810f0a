namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>What follows a fault of the disk.</summary>
internal enum AfterFault
{
    /// <summary>The process lives on and tries again.</summary>
    GoOn,

    /// <summary>The process is killed, and another one tries again.</summary>
    Kill,

    /// <summary>The power goes, and what was not synced may be lost.</summary>
    PowerCut,
}
