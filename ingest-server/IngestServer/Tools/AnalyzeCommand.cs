using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Shows what the series of one block are made of, in the order of <c>promtool tsdb analyze</c>.</summary>
internal sealed class AnalyzeCommand : ToolCommand
{
    private readonly IFileSystem _files;
    private readonly FolderFlags _folder;
    private readonly Flag<string> _block;
    private readonly Flag<long> _limit;

    public AnalyzeCommand(IFileSystem files)
        : base("analyze", "Shows churn and cardinality of one block; a server may run on its folder.")
    {
        _files = files;
        _folder = new FolderFlags(CommandLine, files);
        FlagGroup what = CommandLine.Group("Analysis");
        _block = what.Text("block", "", "The block; without it the last one in time.", "ULID");
        _limit = what.Number("limit", 20, 1, int.MaxValue, "How many rows to show in each list.");
    }

    protected override int Run(TextWriter output, TextWriter error)
    {
        using BlockList blocks = BlockList.Open(_files, _folder.Path, _folder.ReadEncryption());
        if (Find(blocks, error) is not { } block)
        {
            return ExitCode.Failure;
        }

        BlockAnalysis analysis = BlockAnalysis.Of(block);
        output.WriteLine($"Block ID: {block.Ulid}");
        output.WriteLine($"Duration: {GoText.Duration(block.Meta.MaxTimeMs - block.Meta.MinTimeMs)}");
        output.WriteLine($"Series: {analysis.Series}");
        output.WriteLine($"Label names: {analysis.LabelNames}");
        output.WriteLine($"Postings (unique label pairs): {analysis.LabelPairs}");
        output.WriteLine($"Postings entries (total label pairs): {analysis.Labels}");
        int limit = (int)_limit.Value;
        Write(output, "Label pairs most involved in churning", analysis.PairChurn(limit));
        Write(output, "Label names most involved in churning", analysis.NameChurn(limit));
        Write(output, "Most common label pairs", analysis.PairSeries(limit));
        Write(output, "Label names with highest cumulative label value length", analysis.ValueBytes(limit));
        Write(output, "Highest cardinality labels", analysis.ValueCounts(limit));
        Write(output, "Highest cardinality metric names", analysis.MetricSeries(limit));
        return ExitCode.Success;
    }

    private static void Write(TextWriter output, string title, List<NamedCount> rows)
    {
        output.WriteLine();
        output.WriteLine($"{title}:");
        foreach (NamedCount row in rows)
        {
            output.WriteLine($"{row.Count} {row.Name}");
        }
    }

    private Block? Find(BlockList blocks, TextWriter error)
    {
        BadBlocks.Report(blocks.SetAside, error);
        if (_block.Value.Length == 0)
        {
            if (blocks.Blocks.Count == 0)
            {
                error.WriteLine($"error: {_folder.Path} has no block that can be read; what is in the log only is in none yet");
            }

            return blocks.Blocks.Count == 0 ? null : blocks.Blocks[^1];
        }

        List<string> known = [];
        foreach (Block block in blocks.Blocks)
        {
            if (block.Ulid.ToString() == _block.Value)
            {
                return block;
            }

            known.Add(block.Ulid.ToString());
        }

        error.WriteLine($"error: flag --block: {_folder.Path} has no block '{_block.Value}' (there are: {string.Join(", ", known)})");
        return null;
    }
}
