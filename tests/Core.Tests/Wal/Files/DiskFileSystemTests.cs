using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal.Files;

public sealed class DiskFileSystemTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-disk-").FullName;
    private readonly DiskFileSystem _files = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Whatever_the_disk_refuses_is_an_IOException()
    {
        // A folder where a file should be is refused like a file that belongs to somebody else.
        Directory.CreateDirectory(Path("taken"));

        Assert.IsAssignableFrom<IOException>(Record.Exception(() => _files.Create(Path("taken"))));
        Assert.IsAssignableFrom<IOException>(Record.Exception(() => _files.OpenRead(Path("taken"))));
        Assert.IsAssignableFrom<IOException>(Record.Exception(() => _files.OpenWrite(Path("taken"))));
        Assert.IsAssignableFrom<IOException>(Record.Exception(() => _files.Delete(Path("taken"))));
        Assert.IsAssignableFrom<IOException>(Record.Exception(() => _files.TryLock(Path("taken"))));
    }

    [Fact]
    public void What_is_absent_is_not_found_and_needs_no_deletion()
    {
        Assert.Throws<FileNotFoundException>(() => _files.OpenRead(Path("gone")));
        Assert.Throws<FileNotFoundException>(() => _files.OpenRead(Path("gone/file")));
        Assert.Throws<FileNotFoundException>(() => _files.OpenWrite(Path("gone/file")));
        Assert.Empty(_files.List(Path("gone")));
        _files.Delete(Path("gone"));
        _files.Delete(Path("gone/file"));
        _files.DeleteFolder(Path("gone"));
    }

    [Fact]
    public void Files_are_written_renamed_listed_and_deleted()
    {
        _files.CreateFolder(Path("a/b"));
        using (IFile file = _files.Create(Path("a/b/one")))
        {
            file.Write(2, "xyz"u8);
            file.Sync();
        }

        _files.Rename(Path("a/b/one"), Path("a/b/two"));
        _files.Rename(Path("a/b"), Path("a/c"));
        _files.SyncFolder(Path("a"));

        Assert.Equal(["two"], _files.List(Path("a/c")));
        using (IFile file = _files.OpenRead(Path("a/c/two")))
        {
            byte[] content = new byte[8];
            Assert.Equal(5, file.Read(0, content));
            Assert.Equal("\0\0xyz\0\0\0"u8, content);
        }

        _files.Delete(Path("a/c/two"));
        Assert.Empty(_files.List(Path("a/c")));
    }

    private string Path(string name) => System.IO.Path.Combine(_folder, name);
}
