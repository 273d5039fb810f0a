using AmpEdge.Wal;

namespace AmpEdge.Tsdb;

/// <summary>A database's folder, as somebody meets it who did not open the database.</summary>
public static class DatabaseFolder
{
    /// <summary>Sees to it that there are blocks, or a log, in a folder.</summary>
    /// <exception cref="IOException">There are none.</exception>
    public static void Require(IFileSystem files, string folder)
    {
        IReadOnlyList<string> names = files.List(folder);
        foreach (string name in names)
        {
            if (name == Database.LogFolder || Ulid.TryParse(name, out _))
            {
                return;
            }
        }

        throw new IOException(
            names.Count == 0
                ? $"there is nothing in {folder}, or no such folder: name the folder that holds blocks and wal/"
                : $"{folder} holds no block and no {Database.LogFolder}/: name the folder of one workspace, or a Prometheus's data folder");
    }

    /// <summary>
    /// Takes the lock of a database, which a program that runs on it holds. A folder of blocks that was never opened has
    /// neither lock nor log, and gets none: then null.
    /// </summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static IDisposable? LockIfAny(IFileSystem files, string folder) =>
        files.FileExists(Path.Combine(folder, Database.LockFile))
        || SegmentFolder.List(files, Path.Combine(folder, Database.LogFolder)).Count > 0
            ? Lock(files, folder)
            : null;

    /// <summary>Takes the lock of a database, to change it.</summary>
    /// <exception cref="IOException">Another process has it, or the disk failed.</exception>
    public static IDisposable Lock(IFileSystem files, string folder) =>
        files.TryLock(Path.Combine(folder, Database.LockFile))
        ?? throw new IOException($"{folder} is in use by another process: stop the server that runs on it first");

    /// <summary>Whether a database has a key of its own.</summary>
    public static bool IsEncrypted(IFileSystem files, string folder) => WrappedKeyFile.Exists(files, folder);

    /// <summary>
    /// Where the key of a folder's blocks lies: in the folder, or for a snapshot in the database's that it was made of.
    /// </summary>
    public static string KeyFolderOf(IFileSystem files, string folder)
    {
        string whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string? parent = Path.GetDirectoryName(whole);
        return !WrappedKeyFile.Exists(files, folder) && Path.GetFileName(parent) == DatabaseSnapshot.ParentFolder
            ? Path.GetDirectoryName(parent) ?? folder
            : whole;
    }

    /// <summary>
    /// Destroys a database whose lock the caller has: its key first, so that its files mean nothing any more wherever else
    /// they lie, then the files. Cut short, it is finished by <see cref="FinishDestroying"/>.
    /// </summary>
    /// <exception cref="IOException">The disk failed; the database may still be there, but not the key without it.</exception>
    public static void Destroy(IFileSystem files, string folder)
    {
        WrappedKeyFile.Destroy(files, folder);
        string doomed = DoomedName(folder);
        files.DeleteFolder(doomed);
        files.Rename(Path.TrimEndingDirectorySeparator(folder), doomed);
        FinishDestroying(files, folder);
    }

    /// <summary>Deletes what is left of a database that was being destroyed.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void FinishDestroying(IFileSystem files, string folder)
    {
        files.DeleteFolder(DoomedName(folder));
        files.SyncFolder(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? ".");
    }

    /// <summary>The key of the blocks in a folder, which stays as it is; null when they are plain.</summary>
    /// <exception cref="IOException">They are encrypted and no key was given, or another one was.</exception>
    internal static DatabaseKey? ReadKey(IFileSystem files, string folder, DatabaseEncryption? encryption)
    {
        string keyFolder = KeyFolderOf(files, folder);
        if (encryption is null)
        {
            DatabaseKey.RequireNone(files, keyFolder);
            return null;
        }

        return WrappedKeyFile.Read(files, keyFolder, encryption.Name, encryption.MasterKeys);
    }

    /// <summary>The disk as the blocks of a database see it, whose lock the caller has: what is written into its folder is encrypted as it is.</summary>
    /// <exception cref="IOException">It is encrypted and no key was given, or another one was.</exception>
    public static IFileSystem ContentOf(IFileSystem files, string folder, DatabaseEncryption? encryption) =>
        DatabaseKey.ContentOf(files, DatabaseKey.Open(files, folder, encryption));

    /// <summary>How many segments of a Prometheus's own log are there, which only a Prometheus reads.</summary>
    public static int CountForeignSegments(IFileSystem files, string folder)
    {
        int count = 0;
        foreach (string name in files.List(Path.Combine(folder, Database.LogFolder)))
        {
            count += name.Length == 8 && !name.AsSpan().ContainsAnyExceptInRange('0', '9') ? 1 : 0;
        }

        return count;
    }

    private static string DoomedName(string folder) =>
        Path.TrimEndingDirectorySeparator(folder) + BlockSet.DeletionSuffix;
}
