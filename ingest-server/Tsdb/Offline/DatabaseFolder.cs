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

    /// <summary>The disk as the blocks of a database see it, whose lock the caller has: what is written into its folder is encrypted as it is.</summary>
    /// <exception cref="IOException">It is encrypted and no key was given, or another one was.</exception>
    public static IFileSystem ContentOf(IFileSystem files, string folder, DatabaseEncryption? encryption) =>
        Database.ContentOf(files, Database.OpenKey(files, folder, encryption));

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
}
