using AmpEdge.Hosting;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Blocks that a command could not read.</summary>
internal static class BadBlocks
{
    /// <summary>Names them; returns the exit code that says whether there were any.</summary>
    public static int Report(IReadOnlyList<SetAsideBlock> blocks, TextWriter error)
    {
        foreach (SetAsideBlock block in blocks)
        {
            error.WriteLine($"bad block {Path.GetFileName(block.Folder)}: {block.Reason}");
        }

        return blocks.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
