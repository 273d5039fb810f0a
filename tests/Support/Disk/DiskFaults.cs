namespace AmpEdge.Tests.Support;

/// <summary>Which faults an operation can meet.</summary>
public static class DiskFaults
{
    private static readonly DiskFault[] s_ofReads = [DiskFault.Refused];
    private static readonly DiskFault[] s_ofWrites = [DiskFault.Full, DiskFault.HalfDone, DiskFault.Refused, DiskFault.Crash];
    private static readonly DiskFault[] s_ofNames = [DiskFault.Refused, DiskFault.DoneButRefused, DiskFault.Crash];
    private static readonly DiskFault[] s_ofFolders = [DiskFault.Refused, DiskFault.HalfDone, DiskFault.Crash];
    private static readonly DiskFault[] s_ofNewFiles = [DiskFault.Full, DiskFault.Crash];
    private static readonly DiskFault[] s_ofOthers = [DiskFault.Refused, DiskFault.Crash];

    public static IReadOnlyList<DiskFault> Of(DiskOperation operation) => operation switch
    {
        DiskOperation.Open or DiskOperation.Read => s_ofReads,
        DiskOperation.Write => s_ofWrites,
        DiskOperation.Rename or DiskOperation.Delete => s_ofNames,
        DiskOperation.DeleteFolder => s_ofFolders,
        DiskOperation.Create or DiskOperation.CreateFolder or DiskOperation.Link => s_ofNewFiles,
        _ => s_ofOthers,
    };
}
