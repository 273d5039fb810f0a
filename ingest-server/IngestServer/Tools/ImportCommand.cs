using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>
/// Takes blocks that Prometheus or promtool made into the store of a workspace whose server is stopped. All are read to the
/// last sample before the first is copied, so that a folder is taken whole or not at all.
/// </summary>
internal sealed class ImportCommand : ToolCommand
{
    private readonly IFileSystem _files;
    private readonly Flag<string> _from;
    private readonly WorkspaceFlags _workspace;

    public ImportCommand(IFileSystem files)
        : base("import", "Takes a folder of Prometheus's blocks into the stopped store of a workspace.")
    {
        _files = files;
        _from = CommandLine.Group("Blocks").Text(
            "from", "", "Folder with the blocks: promtool's, a copied data folder, a snapshot.", "DIR");
        _workspace = new WorkspaceFlags(CommandLine);
    }

    protected override int Run(TextWriter output, TextWriter error)
    {
        if (_from.Value.Length == 0)
        {
            return Refuse(error, "flag --from is missing: name the folder that holds the blocks");
        }

        if (_workspace.FindProblem() is { } problem)
        {
            return Refuse(error, problem);
        }

        using BlockList blocks = BlockList.Open(_files, _from.Value);
        if (!AreWhole(blocks, error))
        {
            error.WriteLine("error: nothing was imported: take the bad blocks out of the folder, or bring them back from a copy");
            return ExitCode.Failure;
        }

        _files.CreateFolder(_workspace.Folder);
        using IDisposable folderLock = DatabaseFolder.Lock(_files, _workspace.Folder);
        IFileSystem content = DatabaseFolder.ContentOf(_files, _workspace.Folder, _workspace.ReadEncryption());
        int imported = 0;
        foreach (Block block in blocks.Blocks)
        {
            bool isThere = BlockFiles.Exists(_files, _workspace.Folder, block.Ulid);
            if (!isThere)
            {
                BlockFiles.Copy(content, block, _workspace.Folder);
                imported++;
            }

            output.WriteLine(
                $"{block.Ulid}: {block.Meta.Stats.Samples} samples of {block.Meta.Stats.Series} series from "
                + $"{GoText.Time(block.Meta.MinTimeMs)} to {GoText.Time(block.Meta.MaxTimeMs)}, "
                + (isThere ? "is there already" : "imported"));
        }

        output.WriteLine($"{imported} of {blocks.Blocks.Count} blocks imported into {_workspace.Folder}");
        ForeignLog.Note(_files, _from.Value, output);
        return ExitCode.Success;
    }

    private static bool AreWhole(BlockList blocks, TextWriter error)
    {
        bool areWhole = BadBlocks.Report(blocks.SetAside, error) == ExitCode.Success;
        foreach (Block block in blocks.Blocks)
        {
            foreach (BlockCorruptionException finding in block.Verify())
            {
                error.WriteLine(finding.Message);
                areWhole = false;
            }
        }

        return areWhole;
    }
}
