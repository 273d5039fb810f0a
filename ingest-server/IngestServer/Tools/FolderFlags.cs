using AmpEdge.Hosting;
using AmpEdge.Tsdb;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>The folder that a command looks at, and what opens it when it is encrypted.</summary>
internal sealed class FolderFlags
{
    private readonly IFileSystem _files;
    private readonly PositionalArgument _folder;
    private readonly MasterKeyFlags _masterKey;
    private readonly Flag<string> _workspace;

    public FolderFlags(CommandLine commandLine, IFileSystem files)
    {
        _files = files;
        _folder = commandLine.Argument("DIR", "The folder of a workspace, or any folder of blocks.");
        FlagGroup group = commandLine.Group("Encryption");
        _masterKey = new MasterKeyFlags(group);
        _workspace = group.Text("workspace", "", "The workspace's id, when the folder is a copy that is not named after it.", "ID");
    }

    public string Path => _folder.Value;

    /// <summary>The workspace's name and master key; null when no key was given.</summary>
    /// <exception cref="IOException">The file cannot be read or holds no key.</exception>
    public DatabaseEncryption? ReadEncryption() => _masterKey.Read(
        _workspace.Value.Length > 0 ? _workspace.Value : System.IO.Path.GetFileName(DatabaseFolder.KeyFolderOf(_files, Path)));
}
