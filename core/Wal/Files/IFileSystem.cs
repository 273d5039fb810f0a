namespace AmpEdge.Wal;

/// <summary>
/// The disk, as far as a log or a store needs it: the seam where tests put short writes, full disks, failed syncs and
/// crashes. Thread-safe. Every member throws <see cref="IOException"/> (or a type below it) when the disk refuses;
/// <see cref="DiskFullException"/> when there is no room.
/// </summary>
public interface IFileSystem
{
    /// <summary>Creates the folder and those above it; nothing happens when it is there.</summary>
    void CreateFolder(string folder);

    /// <summary>The names (not paths) of the files and folders inside; empty when the folder is absent.</summary>
    IReadOnlyList<string> List(string folder);

    bool FileExists(string path);

    /// <summary>A new, empty file to write and read. An older file of that name is replaced.</summary>
    IFile Create(string path);

    /// <summary>An existing file to write and read.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    IFile OpenWrite(string path);

    /// <summary>An existing file to read; it may be written or deleted meanwhile.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    IFile OpenRead(string path);

    /// <summary>Renames a file or folder; a file that stands at the target is replaced in one step.</summary>
    void Rename(string from, string to);

    /// <summary>
    /// A second name for a file that is not written any more, without copying it; where the disk has no such names, a copy.
    /// </summary>
    void Link(string existing, string name);

    /// <summary>Deletes a file; nothing happens when it is absent.</summary>
    void Delete(string path);

    /// <summary>Deletes a folder and everything in it; nothing happens when it is absent.</summary>
    void DeleteFolder(string folder);

    /// <summary>Makes created, renamed and deleted names inside the folder survive a power cut.</summary>
    void SyncFolder(string folder);

    /// <summary>Takes the file as this process's lock until disposed; null when another process holds it.</summary>
    IDisposable? TryLock(string path);
}
