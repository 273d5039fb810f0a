using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Makes a folder that holds a workspace as it is: its blocks, and its log as a block.</summary>
internal sealed class SnapshotCommand(IFileSystem files, TimeProvider time)
    : StoreCopyCommand("snapshot", "Copies a workspace as it is: its blocks, and its log as blocks.", files, time)
{
    protected override List<BlockMeta> Write(StoppedDatabase database, string target) => database.SnapshotTo(target);
}
