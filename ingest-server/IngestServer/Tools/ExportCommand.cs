using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Writes what a workspace holds, or a stretch of time of it, as plain blocks that Prometheus and promtool read.</summary>
internal sealed class ExportCommand : StoreCopyCommand
{
    private readonly TimeFlags _times;

    public ExportCommand(IFileSystem files, TimeProvider time)
        : base("export", "Writes a workspace, or a stretch of time of it, as Prometheus's blocks.", files, time) =>
        _times = new TimeFlags(CommandLine.Group("Samples"));

    protected override List<BlockMeta> Write(StoppedDatabase database, string target) =>
        database.ExportTo(target, _times.Times);

    protected override string? FindProblem() => base.FindProblem() ?? _times.FindProblem();
}
