using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Which workspace's store a command works on: the server's own flag and the id.</summary>
internal sealed class WorkspaceFlags
{
    private readonly Flag<string> _storagePath;
    private readonly Flag<string> _workspace;
    private readonly MasterKeyFlags? _masterKey;

    public WorkspaceFlags(CommandLine commandLine, bool withMasterKey = true)
    {
        FlagGroup group = commandLine.Group("Store");
        _storagePath = group.Text("storage.path", "data/", "Folder of the server's data, as the server has it.", "DIR");
        _workspace = group.Text("workspace", "", "The workspace, by its id.", "ID");
        _masterKey = withMasterKey ? new MasterKeyFlags(group) : null;
    }

    /// <summary>The folder of the workspace's store.</summary>
    public string Folder => Path.Combine(_storagePath.Value, _workspace.Value);

    /// <summary>The workspace's name and master key; null when no key was given.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no key.</exception>
    public DatabaseEncryption? ReadEncryption() => _masterKey?.Read(_workspace.Value);

    /// <summary>What is wrong with them, or null.</summary>
    public string? FindProblem() => _workspace.Value.Length == 0
        ? "flag --workspace is missing: name the workspace by its id"
        : ServerConfigLoader.IsWorkspaceId(_workspace.Value)
            ? null
            : $"flag --workspace: is not a workspace id (got '{_workspace.Value}', allowed: letters, digits, - . _)";
}
