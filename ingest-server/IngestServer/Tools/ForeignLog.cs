using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>The log of a Prometheus in a copied data folder.</summary>
internal static class ForeignLog
{
    /// <summary>Says that its samples are left out, which nobody should find out later.</summary>
    public static void Note(IFileSystem files, string folder, TextWriter output)
    {
        int segments = DatabaseFolder.CountForeignSegments(files, folder);
        if (segments > 0)
        {
            output.WriteLine(
                $"note: {segments} log segments in {folder} are a Prometheus's own and are not read; its newest samples are "
                + "there only. Its POST /api/v1/admin/tsdb/snapshot makes blocks of them.");
        }
    }
}
