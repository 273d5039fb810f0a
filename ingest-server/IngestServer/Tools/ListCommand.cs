using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Shows the blocks of a folder as <c>promtool tsdb list</c> does. A server may run on it.</summary>
internal sealed class ListCommand : ToolCommand
{
    private static readonly string[] s_titles =
        ["BLOCK ULID", "MIN TIME", "MAX TIME", "DURATION", "NUM SAMPLES", "NUM CHUNKS", "NUM SERIES", "SIZE"];

    private readonly IFileSystem _files;
    private readonly FolderFlags _folder;
    private readonly Flag<bool> _humanReadable;

    public ListCommand(IFileSystem files)
        : base("list", "Shows the blocks of a folder; a server may run on it.")
    {
        _files = files;
        _folder = new FolderFlags(CommandLine, files);
        _humanReadable = CommandLine.Group("Output").Switch(
            "human-readable", "Times as dates and sizes with units.", alias: "-r");
    }

    protected override int Run(TextWriter output, TextWriter error)
    {
        using BlockList blocks = BlockList.Open(_files, _folder.Path, _folder.ReadEncryption());
        TextTable table = new(s_titles);
        foreach (Block block in blocks.Blocks)
        {
            BlockStats stats = block.Meta.Stats;
            table.Add(
                block.Ulid.ToString(),
                TimeOf(block.Meta.MinTimeMs),
                TimeOf(block.Meta.MaxTimeMs),
                GoText.Duration(block.Meta.MaxTimeMs - block.Meta.MinTimeMs),
                stats.Samples.ToString(CultureInfo.InvariantCulture),
                stats.Chunks.ToString(CultureInfo.InvariantCulture),
                stats.Series.ToString(CultureInfo.InvariantCulture),
                SizeOf(block));
        }

        table.WriteTo(output);
        return BadBlocks.Report(blocks.SetAside, error);
    }

    private string TimeOf(long timeMs) =>
        _humanReadable.Value ? GoText.Time(timeMs) : timeMs.ToString(CultureInfo.InvariantCulture);

    private string SizeOf(Block block)
    {
        long bytes = BlockFiles.SizeOf(_files, block);
        return _humanReadable.Value ? GoText.Size(bytes) : bytes.ToString(CultureInfo.InvariantCulture);
    }
}
