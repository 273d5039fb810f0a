using AmpEdge.Wal;

namespace AmpEdge.Tests.Support;

/// <summary>
/// A disk in memory that does what real ones do at bad moments: writes part of what it was given, fills up, fails to sync,
/// and loses what was not synced when the power goes. Thread-safe.
/// </summary>
public sealed class FaultyFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly FaultyNames _files = new();
    private readonly HashSet<string> _locks = [];
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

    /// <summary>The operation of this number, counted from 1, meets <see cref="Fault"/>; 0 for none.</summary>
    public long FaultAt { get; set; }

    public DiskFault Fault { get; set; }

    /// <summary>How many operations of any kind there were.</summary>
    public long Operations { get; private set; }

    /// <summary>The operations and their files, when wanted.</summary>
    public List<(DiskOperation Operation, string Path)>? Recorded { get; set; }

    /// <summary>What met the fault; null when nothing did yet.</summary>
    public string? Met { get; private set; }

    public int Syncs { get; private set; }

    /// <summary>How many bytes were read.</summary>
    public long ReadBytes { get; private set; }

    public long UsedBytes
    {
        get
        {
            lock (_lock)
            {
                return _files.Bytes;
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
            _files.LoseUnsynced(gen);
        }

        Kill();
    }

    /// <summary>The paths of all files, sorted, outside of any fault.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_lock)
            {
                return _files.Paths();
            }
        }
    }

    /// <summary>Another disk with the same files, outside of any fault.</summary>
    public FaultyFileSystem Copy()
    {
        FaultyFileSystem copy = new();
        foreach (string path in Paths)
        {
            copy.SetContent(path, Content(path));
        }

        return copy;
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
            Begin(DiskOperation.CreateFolder, folder);
            _files.AddFolder(folder);
        }
    }

    public IReadOnlyList<string> List(string folder)
    {
        lock (_lock)
        {
            return _files.List(folder);
        }
    }

    public bool FileExists(string path)
    {
        lock (_lock)
        {
            return _files.Contains(path);
        }
    }

    public IFile Create(string path)
    {
        lock (_lock)
        {
            CountChange(path);
            Begin(DiskOperation.Create, path);
            FaultyFile file = new();
            _files[path] = file;
            return new FaultyFileHandle(this, path, file, _generation);
        }
    }

    public IFile OpenWrite(string path) => OpenRead(path);

    public IFile OpenRead(string path)
    {
        lock (_lock)
        {
            CheckAlive(path);
            Begin(DiskOperation.Open, path);
            return _files.TryGet(path, out FaultyFile? file)
                ? new FaultyFileHandle(this, path, file, _generation)
                : throw new FileNotFoundException($"there is no {path}", path);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            CountChange(from);
            DiskFault fault = Begin(DiskOperation.Rename, from);
            _files.Rename(from, to);
            End(fault, from);
        }
    }

    public void Link(string existing, string name)
    {
        lock (_lock)
        {
            CountChange(name);
            Begin(DiskOperation.Link, name);
            _files[name] = _files.TryGet(existing, out FaultyFile? file)
                ? file
                : throw new FileNotFoundException($"there is no {existing}", existing);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            CountChange(path);
            DiskFault fault = Begin(DiskOperation.Delete, path);
            if (FailingDeletes > 0)
            {
                FailingDeletes--;
                throw new IOException($"{path} cannot be deleted (on purpose)");
            }

            _files.Remove(path);
            End(fault, path);
        }
    }

    public void DeleteFolder(string folder)
    {
        lock (_lock)
        {
            CountChange(folder);
            DiskFault fault = Begin(DiskOperation.DeleteFolder, folder);
            _files.DeleteFolder(folder, half: fault == DiskFault.HalfDone);
            End(fault, folder);
        }
    }

    public void SyncFolder(string folder)
    {
        lock (_lock)
        {
            CheckAlive(folder);
            Begin(DiskOperation.SyncFolder, folder);
            CountSync(folder);
            _files.SyncFolder(folder);
        }
    }

    public IDisposable? TryLock(string path)
    {
        lock (_lock)
        {
            return _locks.Add(path) ? new LockHandle(this, path) : null;
        }
    }

    internal long LengthOf(FaultyFile file)
    {
        lock (_lock)
        {
            return file.Content.Count;
        }
    }

    internal int Read(string path, FaultyFile file, int generation, long offset, Span<byte> target)
    {
        lock (_lock)
        {
            CheckOpen(path, generation);
            Begin(DiskOperation.Read, path);
            int read = file.Read(offset, target);
            ReadBytes += read;
            return read;
        }
    }

    internal void SetLength(string path, FaultyFile file, int generation, long length)
    {
        lock (_lock)
        {
            CheckOpen(path, generation);
            CountChange(path);
            Begin(DiskOperation.SetLength, path);
            if (FailingCuts > 0)
            {
                FailingCuts--;
                throw new IOException($"injected: cut of {path} failed");
            }

            file.SetLength((int)length);
        }
    }

    internal void Sync(string path, FaultyFile file, int generation)
    {
        Syncing?.Invoke();
        lock (_lock)
        {
            CheckOpen(path, generation);
            Begin(DiskOperation.Sync, path);
            CountSync(path);
            file.Synced = [.. file.Content];
        }
    }

    internal void Write(string path, FaultyFile file, int generation, long offset, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            CheckOpen(path, generation);
            Changes++;
            bool crashes = Changes == CrashAtChange;
            DiskFault fault = crashes ? DiskFault.Crash : Count(DiskOperation.Write, path);
            if (fault is DiskFault.Full or DiskFault.HalfDone or DiskFault.Crash)
            {
                file.Write(offset, source[..(source.Length / 2)]);
            }

            Throw(fault, path);
            if (FailingWrites > 0)
            {
                FailingWrites--;
                file.Write(offset, source[..Math.Min(source.Length, ShortWriteBytes)]);
                throw new IOException($"injected: write to {path} failed");
            }

            long growth = Math.Max(0, offset + source.Length - file.Content.Count);
            long room = CapacityBytes == long.MaxValue ? long.MaxValue : CapacityBytes - _files.Bytes;
            if (growth > room)
            {
                file.Write(offset, source[..(int)Math.Clamp(source.Length - (growth - room), 0, source.Length)]);
                throw new DiskFullException(path);
            }

            file.Write(offset, source);
        }
    }

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

    private void CheckOpen(string path, int generation)
    {
        if (generation != _generation || _crashed)
        {
            throw new SimulatedCrashException(path);
        }
    }

    /// <summary>Counts an operation and throws the fault that leaves it undone; returns one that strikes while it is done.</summary>
    private DiskFault Begin(DiskOperation operation, string path)
    {
        DiskFault fault = Count(operation, path);
        if (fault is not (DiskFault.DoneButRefused or DiskFault.HalfDone))
        {
            Throw(fault, path);
        }

        return fault;
    }

    /// <summary>Throws the fault that struck while the operation was done.</summary>
    private void End(DiskFault fault, string path) => Throw(fault, path);

    private DiskFault Count(DiskOperation operation, string path)
    {
        Operations++;
        Recorded?.Add((operation, path));
        if (Operations != FaultAt)
        {
            return DiskFault.None;
        }

        Met = $"{Fault} at operation {Operations}, {operation} of {path}";
        return Fault;
    }

    private void Throw(DiskFault fault, string path)
    {
        switch (fault)
        {
            case DiskFault.None:
                return;
            case DiskFault.Crash:
                _crashed = true;
                throw new SimulatedCrashException(path);
            case DiskFault.Full:
                throw new DiskFullException(path);
            default:
                throw new IOException($"injected: {fault} at {path}");
        }
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
}
