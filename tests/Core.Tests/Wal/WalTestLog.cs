using System.Text;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;

namespace AmpEdge.Core.Tests.Wal;

/// <summary>A log of short texts on a faulty disk.</summary>
internal sealed class WalTestLog
{
    public const string Folder = "/log";

    public FaultyFileSystem Disk { get; } = new();

    public WalWriter Open(WalOptions? options = null) => WalWriter.Open(Disk, Folder, options ?? new WalOptions());

    public static WalPosition Append(WalWriter log, params string[] texts)
    {
        WalBatch batch = new();
        foreach (string text in texts)
        {
            batch.Add(1, Encoding.UTF8.GetBytes(text));
        }

        return log.Append(batch);
    }

    public static string PathOf(int segment) => Path.Combine(Folder, new SegmentIndex(segment).FileName);

    /// <summary>Everything that can be read, segment by segment; damage shows as its own entry.</summary>
    public List<string> ReadAll()
    {
        List<string> found = [];
        foreach (WalSegment segment in SegmentFolder.List(Disk, Folder))
        {
            using SegmentReader reader = SegmentReader.Open(Disk, PathOf(segment.Index.Value));
            for (SegmentReadOutcome outcome = reader.Next(); outcome != SegmentReadOutcome.End; outcome = reader.Next())
            {
                found.Add(outcome == SegmentReadOutcome.Record ? Encoding.UTF8.GetString(reader.Payload) : $"<{outcome}>");
            }
        }

        return found;
    }
}
