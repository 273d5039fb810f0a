namespace AmpEdge.Wal;

/// <summary>
/// Files whose content is encrypted on the disk; names, lengths and times can be seen. Files that were written before without encryption are
/// read as they are. Thread-safe.
/// </summary>
public sealed class EncryptedFileSystem(IFileSystem files, FileCipher cipher) : IFileSystem
{
    private readonly IFileSystem _files = files;
    private readonly FileCipher _cipher = cipher;

    public void CreateFolder(string folder) => _files.CreateFolder(folder);

    public IReadOnlyList<string> List(string folder) => _files.List(folder);

    public bool FileExists(string path) => _files.FileExists(path);

    public IFile Create(string path)
    {
        IFile file = _files.Create(path);
        try
        {
            return EncryptedFile.Create(file, path, _cipher);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public IFile OpenWrite(string path) => Open(_files.OpenWrite(path), path);

    public IFile OpenRead(string path) => Open(_files.OpenRead(path), path);

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void Link(string existing, string name) => _files.Link(existing, name);

    public void Delete(string path) => _files.Delete(path);

    public void DeleteFolder(string folder) => _files.DeleteFolder(folder);

    public void SyncFolder(string folder) => _files.SyncFolder(folder);

    public IDisposable? TryLock(string path) => _files.TryLock(path);

    private IFile Open(IFile file, string path)
    {
        try
        {
            return EncryptedFile.Open(file, path, _cipher);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
