using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>
/// Deletes the store of a workspace whose server is stopped or does not have it any more. Its key goes first: copies of the
/// other files cannot be read from then on, whoever has the master key.
/// </summary>
internal sealed class DeleteWorkspaceCommand : ToolCommand
{
    private readonly IFileSystem _files;
    private readonly WorkspaceFlags _workspace;
    private readonly Flag<bool> _confirmed;

    public DeleteWorkspaceCommand(IFileSystem files)
        : base("delete-workspace", "Deletes a workspace's store; of an encrypted one the key first.")
    {
        _files = files;
        _workspace = new WorkspaceFlags(CommandLine, withMasterKey: false);
        _confirmed = CommandLine.Group("Confirmation").Switch("yes", "Delete it; nothing brings it back.");
    }

    protected override int Run(TextWriter output, TextWriter error)
    {
        if (_workspace.FindProblem() is { } problem)
        {
            return Refuse(error, problem);
        }

        string folder = _workspace.Folder;
        if (!_confirmed.Value)
        {
            return Refuse(error, $"flag --yes is missing: {folder} is deleted with it, and nothing brings it back");
        }

        if (_files.List(folder).Count == 0)
        {
            DatabaseFolder.FinishDestroying(_files, folder);
            error.WriteLine($"error: there is nothing in {folder}, or no such folder");
            return ExitCode.Failure;
        }

        DatabaseFolder.Require(_files, folder);
        bool isEncrypted = DatabaseFolder.IsEncrypted(_files, folder);
        using (DatabaseFolder.Lock(_files, folder))
        {
            DatabaseFolder.Destroy(_files, folder);
        }

        output.WriteLine(
            isEncrypted
                ? $"{folder} is deleted; its key was destroyed first, so that copies without it cannot be read any more"
                : $"{folder} is deleted; it was not encrypted, so that copies of it can still be read");
        return ExitCode.Success;
    }
}
