using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>A command that makes a new folder of blocks from the stopped store of a workspace.</summary>
internal abstract class StoreCopyCommand : ToolCommand
{
    private readonly Flag<string> _to;
    private readonly WorkspaceFlags _workspace;
    private readonly TimeProvider _time;

    protected StoreCopyCommand(string name, string sentence, IFileSystem files, TimeProvider time)
        : base(name, sentence)
    {
        Files = files;
        _time = time;
        _to = CommandLine.Group("Blocks").Text("to", "", "Folder that gets the blocks; new or empty.", "DIR");
        _workspace = new WorkspaceFlags(CommandLine);
    }

    protected IFileSystem Files { get; }

    protected sealed override int Run(TextWriter output, TextWriter error)
    {
        if ((FindProblem() ?? _workspace.FindProblem()) is { } problem)
        {
            return Refuse(error, problem);
        }

        using StoppedDatabase database = StoppedDatabase.Open(
            Files, _workspace.Folder, _time, hashSeed: null, _workspace.ReadEncryption());
        if (BadBlocks.Report(database.SetAside, error) != ExitCode.Success)
        {
            error.WriteLine("note: the blocks above are left out; everything else is taken");
        }

        foreach (string damage in database.Replay.Damages)
        {
            error.WriteLine(damage);
        }

        // Promtool and Prometheus take a folder for a database by its log, which here is empty.
        Files.CreateFolder(Path.Combine(_to.Value, "wal"));
        List<BlockMeta> written = Write(database, _to.Value);
        ulong samples = 0;
        foreach (BlockMeta block in written)
        {
            samples += block.Stats.Samples;
            output.WriteLine(
                $"{block.Ulid}: {block.Stats.Samples} samples of {block.Stats.Series} series from "
                + $"{GoText.Time(block.MinTimeMs)} to {GoText.Time(block.MaxTimeMs)}");
        }

        output.WriteLine($"{written.Count} blocks with {samples} samples in {_to.Value}");
        return database.SetAside.Count + database.Replay.Damages.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Writes the blocks.</summary>
    protected abstract List<BlockMeta> Write(StoppedDatabase database, string target);

    /// <summary>What is wrong with the flags, or null.</summary>
    protected virtual string? FindProblem()
    {
        if (_to.Value.Length == 0)
        {
            return "flag --to is missing: name the folder that gets the blocks";
        }

        return Files.List(_to.Value).Count == 0 && !Files.FileExists(_to.Value)
            ? null
            : $"flag --to: is not an empty folder (got '{_to.Value}', allowed: an empty folder or none yet)";
    }
}
