using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Reads everything in a store and says what is wrong with it, one line for each problem.</summary>
internal sealed class VerifyCommand : ToolCommand
{
    private readonly IFileSystem _files;
    private readonly TimeProvider _time;
    private readonly FolderFlags _folder;

    public VerifyCommand(IFileSystem files, TimeProvider time)
        : base("verify", "Reads every byte of a stopped store and says what is wrong; exit code 1 if something is.")
    {
        _files = files;
        _time = time;
        _folder = new FolderFlags(CommandLine, files);
    }

    protected override int Run(TextWriter output, TextWriter error)
    {
        using StoppedDatabase database = StoppedDatabase.Open(
            _files, _folder.Path, _time, hashSeed: null, _folder.ReadEncryption());
        int problems = database.SetAside.Count + database.Replay.Damages.Count;
        foreach (SetAsideBlock bad in database.SetAside)
        {
            output.WriteLine(bad.Reason);
        }

        foreach (Block block in database.Blocks)
        {
            foreach (BlockCorruptionException finding in block.Verify())
            {
                output.WriteLine(finding.Message);
                problems++;
            }
        }

        foreach (string damage in database.Replay.Damages)
        {
            output.WriteLine(damage);
        }

        output.WriteLine(
            $"{database.Blocks.Count + database.SetAside.Count} blocks, {database.Replay.Segments} log segments with "
            + $"{database.Replay.Records} records and {database.Replay.Samples} samples: "
            + (problems == 0 ? "all whole" : $"{problems} problems"));
        ForeignLog.Note(_files, _folder.Path, output);
        return problems == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
