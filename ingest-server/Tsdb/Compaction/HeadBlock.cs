using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>Writes what the head holds of a stretch of time as a block. Appends and queries go on beside it.</summary>
internal static class HeadBlock
{
    /// <summary>Writes the block; the head stays as it is.</summary>
    /// <param name="head">Where the samples are.</param>
    /// <param name="files">The disk.</param>
    /// <param name="folder">Where blocks lie.</param>
    /// <param name="ulid">The block's name.</param>
    /// <param name="times">The samples that go into it.</param>
    /// <param name="compaction">How it comes about.</param>
    /// <param name="stop">Ends it; nothing is left behind then.</param>
    /// <returns>What was written; null when there was no sample.</returns>
    /// <exception cref="IOException">The disk failed; there is no block.</exception>
    public static BlockMeta? Write(
        Head head, IFileSystem files, string folder, Ulid ulid, TimeInterval times, BlockCompaction compaction,
        CancellationToken stop)
    {
        int place = head.Retirement.Enter(out long sequence, out _);
        try
        {
            using BlockWriter writer = BlockWriter.Create(files, folder, ulid);
            ChunkRewriter target = new(writer);
            SeriesByLabels order = new(head, SeriesByLabels.FewSeries, stop);
            while (order.Next() is { Length: > 0 } ids)
            {
                HeadSelection series = new(head, ids, sequence, times.MinTimeMs, times.MaxTimeMs, stop);
                while (series.MoveNext())
                {
                    target.BeginSeries(series.Labels.Blob);
                    series.CopyTo(target);
                }
            }

            target.Finish();
            return writer.Finish(times.MinTimeMs, times.MaxTimeMs + 1, compaction);
        }
        finally
        {
            head.Retirement.Leave(place);
        }
    }
}
