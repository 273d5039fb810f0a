using System.Linq;
using System.Runtime.InteropServices;
using AmpEdge.Wal;

namespace AmpEdge.Tests.Support;

/// <summary>
/// A disk in memory that does what real ones do at bad moments: writes part of what it was given, fills up, fails to sync,
/// and loses what was not synced when the power goes. Thread-safe.
/// </summary>
public sealed class FaultyFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FaultyFile> _files = [];
    private readonly Dictionary<string, FaultyFile> _durableNames = [];
    private readonly HashSet<string> _folders = [];
    private readonly HashSet<string> _locks = [];

    /// <summary>Folders that were renamed since the folder around them was synced; a power cut may undo that, as a whole.</summary>
    private readonly List<(string From, string To)> _unsyncedRenames = [];
    private int _generation;
    private bool _crashed;

    /// <summary>Bytes that all files together may take; a write over it keeps what fits and throws.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>That many coming syncs fail.</summary>
    public int FailingSyncs { get; set; }

    /// <summary>Called when a file is to be synced, before it is known how that ends.</summary>
    public Action? Syncing { get; set; }

    /// <summary>That many coming writes fail after <see cref="ShortWriteBytes"/> bytes.</summary>
    public int FailingWrites { get; set; }

    /// <summary>How many bytes of a failing write reach the file.</summary>
    public int ShortWriteBytes { get; set; }

    /// <summary>That many coming calls of SetLength fail.</summary>
    public int FailingCuts { get; set; }

    /// <summary>That many coming deletes fail.</summary>
    public int FailingDeletes { get; set; }

    /// <summary>The process ends inside the write (or rename, or delete) of this number, counted from 1; 0 for never.</summary>
    public long CrashAtChange { get; set; }

    /// <summary>How many writes, renames, cuts and deletes there were.</summary>
    public long Changes { get; private set; }

    public int Syncs { get; private set; }

    /// <summary>How many bytes were read.</summary>
    public long ReadBytes { get; private set; }

    public long UsedBytes
    {
        get
        {
            lock (_lock)
            {
                return Used();
            }
        }
    }

    /// <summary>The process ends now: everything it still tries fails, until <see cref="Kill"/> lets the next one begin.</summary>
    public void Crash()
    {
        lock (_lock)
        {
            _crashed = true;
        }
    }

    /// <summary>The process is gone: open files are closed, what it wrote stays.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _generation++;
            _crashed = false;
            CrashAtChange = 0;
            _locks.Clear();
        }
    }

    /// <summary>
    /// The power is gone: of what was not synced, each page of 512 bytes is kept or lost by chance, and so are names that
    /// came since their folder was synced.
    /// </summary>
    public void CutPower(Gen gen)
    {
        lock (_lock)
        {
            for (int index = _unsyncedRenames.Count - 1; index >= 0; index--)
            {
                if (gen.Bool())
                {
                    MoveFolder(_unsyncedRenames[index].To, _unsyncedRenames[index].From);
                }
            }

            _unsyncedRenames.Clear();
            foreach (string path in _files.Keys.ToArray())
            {
                if (!_durableNames.ContainsKey(path) && gen.Bool())
                {
                    _files.Remove(path);
                }
            }

            foreach ((string path, FaultyFile file) in _durableNames)
            {
                if (!_files.ContainsKey(path) && gen.Bool())
                {
                    _files[path] = file;
                }
            }

            foreach (FaultyFile file in _files.Values)
            {
                file.LoseUnsynced(gen);
            }
        }

        Kill();
    }

    /// <summary>A file's content, outside of any fault.</summary>
    public byte[] Content(string path)
    {
        lock (_lock)
        {
            return [.. _files[path].Content];
        }
    }

    /// <summary>Replaces a file's content, outside of any fault.</summary>
    public void SetContent(string path, byte[] content)
    {
        lock (_lock)
        {
            FaultyFile file = new() { Content = [.. content] };
            _files[path] = file;
        }
    }

    public void CreateFolder(string folder)
    {
        lock (_lock)
        {
            _folders.Add(folder);
        }
    }

    public IReadOnlyList<string> List(string folder)
    {
        string prefix = folder.TrimEnd('/') + "/";
        HashSet<string> names = [];
        lock (_lock)
        {
            foreach (string path in _files.Keys.Concat(_folders))
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length)
                {
                    names.Add(path[prefix.Length..].Split('/')[0]);
                }
            }
        }

        return [.. names];
    }

    public bool FileExists(string path)
    {
        lock (_lock)
        {
            return _files.ContainsKey(path);
        }
    }

    public IFile Create(string path)
    {
        lock (_lock)
        {
            CountChange(path);
            FaultyFile file = new();
            _files[path] = file;
            return new Handle(this, path, file, _generation);
        }
    }

    public IFile OpenWrite(string path) => OpenRead(path);

    public IFile OpenRead(string path)
    {
        lock (_lock)
        {
            CheckAlive(path);
            return _files.TryGetValue(path, out FaultyFile? file)
                ? new Handle(this, path, file, _generation)
                : throw new FileNotFoundException($"there is no {path}", path);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            CountChange(from);
            if (_files.Remove(from, out FaultyFile? file))
            {
                _files[to] = file;
                return;
            }

            MoveFolder(from, to);
            _unsyncedRenames.Add((from, to));
        }
    }

    public void Link(string existing, string name)
    {
        lock (_lock)
        {
            CountChange(name);
            _files[name] = _files.TryGetValue(existing, out FaultyFile? file)
                ? file
                : throw new FileNotFoundException($"there is no {existing}", existing);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            CountChange(path);
            if (FailingDeletes > 0)
            {
                FailingDeletes--;
                throw new IOException($"{path} cannot be deleted (on purpose)");
            }

            _files.Remove(path);
        }
    }

    public void DeleteFolder(string folder)
    {
        lock (_lock)
        {
            CountChange(folder);
            string prefix = folder.TrimEnd('/') + "/";
            foreach (string path in _files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                _files.Remove(path);
            }

            _folders.RemoveWhere(path => path == folder || path.StartsWith(prefix, StringComparison.Ordinal));
        }
    }

    public void SyncFolder(string folder)
    {
        lock (_lock)
        {
            CheckAlive(folder);
            CountSync(folder);
            string prefix = folder.TrimEnd('/') + "/";
            _unsyncedRenames.RemoveAll(rename => IsDirectChild(rename.To, prefix));
            foreach (string path in _durableNames.Keys.Where(path => IsDirectChild(path, prefix)).ToArray())
            {
                _durableNames.Remove(path);
            }

            foreach ((string path, FaultyFile file) in _files)
            {
                if (IsDirectChild(path, prefix))
                {
                    _durableNames[path] = file;
                }
            }
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_lock)
        {
            return _locks.Add(path) ? new LockHandle(this, path) : null;
        }
    }

    private static bool IsDirectChild(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && !path[prefix.Length..].Contains('/', StringComparison.Ordinal);

    /// <summary>What is known to be on the disk of a folder's content goes with the folder.</summary>
    private void MoveFolder(string from, string to)
    {
        MoveNames(_files, from, to);
        MoveNames(_durableNames, from, to);
        foreach (string folder in _folders.Where(path => IsWithin(path, from)).ToArray())
        {
            _folders.Remove(folder);
            _folders.Add(to + folder[from.Length..]);
        }
    }

    private static void MoveNames(Dictionary<string, FaultyFile> names, string from, string to)
    {
        foreach (string path in names.Keys.Where(path => IsWithin(path, from)).ToArray())
        {
            names.Remove(path, out FaultyFile? file);
            names[to + path[from.Length..]] = file!;
        }
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private long Used() => _files.Values.Sum(static file => (long)file.Content.Count);

    private void CheckAlive(string path)
    {
        if (_crashed)
        {
            throw new SimulatedCrashException(path);
        }
    }

    private void CountChange(string path)
    {
        CheckAlive(path);
        Changes++;
        if (Changes == CrashAtChange)
        {
            _crashed = true;
            throw new SimulatedCrashException(path);
        }
    }

    private void CountSync(string path)
    {
        Syncs++;
        if (FailingSyncs > 0)
        {
            FailingSyncs--;
            throw new IOException($"injected: sync of {path} failed");
        }
    }

    private void Write(string path, FaultyFile file, long offset, ReadOnlySpan<byte> source)
    {
        CheckAlive(path);
        Changes++;
        if (Changes == CrashAtChange)
        {
            _crashed = true;
            file.Write(offset, source[..(source.Length / 2)]);
            throw new SimulatedCrashException(path);
        }

        if (FailingWrites > 0)
        {
            FailingWrites--;
            file.Write(offset, source[..Math.Min(source.Length, ShortWriteBytes)]);
            throw new IOException($"injected: write to {path} failed");
        }

        long growth = Math.Max(0, offset + source.Length - file.Content.Count);
        long room = CapacityBytes - Used();
        if (growth > room)
        {
            file.Write(offset, source[..(int)Math.Clamp(source.Length - (growth - room), 0, source.Length)]);
            throw new DiskFullException(path);
        }

        file.Write(offset, source);
    }

    private sealed class LockHandle(FaultyFileSystem owner, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._locks.Remove(path);
            }
        }
    }

    private sealed class Handle(FaultyFileSystem owner, string path, FaultyFile file, int generation) : IFile
    {
        public long Length
        {
            get
            {
                lock (owner._lock)
                {
                    return file.Content.Count;
                }
            }
        }

        public int Read(long offset, Span<byte> target)
        {
            lock (owner._lock)
            {
                CheckOpen();
                int read = file.Read(offset, target);
                owner.ReadBytes += read;
                return read;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            lock (owner._lock)
            {
                CheckOpen();
                owner.Write(path, file, offset, source);
            }
        }

        public void SetLength(long length)
        {
            lock (owner._lock)
            {
                CheckOpen();
                owner.CountChange(path);
                if (owner.FailingCuts > 0)
                {
                    owner.FailingCuts--;
                    throw new IOException($"injected: cut of {path} failed");
                }

                file.SetLength((int)length);
            }
        }

        public void Sync()
        {
            owner.Syncing?.Invoke();
            lock (owner._lock)
            {
                CheckOpen();
                owner.CountSync(path);
                file.Synced = [.. file.Content];
            }
        }

        public void Dispose()
        {
            // Content belongs to the disk, not to the handle.
        }

        private void CheckOpen()
        {
            if (generation != owner._generation || owner._crashed)
            {
                throw new SimulatedCrashException(path);
            }
        }
    }

    private sealed class FaultyFile
    {
        private const int Page = 512;

        public List<byte> Content { get; set; } = [];

        public byte[] Synced { get; set; } = [];

        public int Read(long offset, Span<byte> target)
        {
            int count = (int)Math.Clamp(Content.Count - offset, 0, target.Length);
            CollectionsMarshal.AsSpan(Content).Slice((int)Math.Min(offset, Content.Count), count)
                .CopyTo(target);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            if (offset + source.Length > Content.Count)
            {
                SetLength((int)offset + source.Length);
            }

            source.CopyTo(CollectionsMarshal.AsSpan(Content)[(int)offset..]);
        }

        public void SetLength(int length)
        {
            int before = Content.Count;
            CollectionsMarshal.SetCount(Content, length);
            if (length > before)
            {
                CollectionsMarshal.AsSpan(Content)[before..].Clear();
            }
        }

        public void LoseUnsynced(Gen gen)
        {
            byte[] now = [.. Content];
            int length = gen.Bool() ? now.Length : Synced.Length + gen.Int(Math.Max(1, now.Length - Synced.Length + 1));
            length = Math.Max(0, Math.Min(length, Math.Max(now.Length, Synced.Length)));
            byte[] after = new byte[length];
            for (int page = 0; page < length; page += Page)
            {
                byte[] source = gen.Bool() ? now : Synced;
                int count = Math.Clamp(source.Length - page, 0, Math.Min(Page, length - page));
                source.AsSpan(Math.Min(page, source.Length), count).CopyTo(after.AsSpan(page));
            }

            // What was synced and not overwritten since is safe in any case.
            for (int index = 0; index < Math.Min(length, Math.Min(Synced.Length, now.Length)); index++)
            {
                after[index] = now[index] == Synced[index] ? now[index] : after[index];
            }

            Content = [.. after];
            Synced = after;
        }
    }
}
