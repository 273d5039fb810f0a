namespace AmpEdge.Wal;

/// <summary>
/// Files that lie in this process's memory, for places without a disk: a log works on them as on any other, and ends with the
/// process. Thread-safe. What bounds the log bounds the memory.
/// </summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _namesLock = new();
    private readonly Dictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);

    public void CreateFolder(string folder)
    {
        // Folders are the beginnings of names.
    }

    public IReadOnlyList<string> List(string folder)
    {
        string prefix = Prefix(folder);
        HashSet<string> names = new(StringComparer.Ordinal);
        lock (_namesLock)
        {
            foreach (string path in _files.Keys)
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal))
                {
                    names.Add(path[prefix.Length..].Split(Path.DirectorySeparatorChar)[0]);
                }
            }
        }

        return [.. names];
    }

    public bool FileExists(string path)
    {
        lock (_namesLock)
        {
            return _files.ContainsKey(path);
        }
    }

    public IFile Create(string path)
    {
        MemoryFile file = new();
        lock (_namesLock)
        {
            _files[path] = file;
        }

        return file;
    }

    public IFile OpenWrite(string path) => Find(path);

    public IFile OpenRead(string path) => Find(path);

    public void Rename(string from, string to)
    {
        lock (_namesLock)
        {
            _files[to] = FindUnderLock(from);
            _files.Remove(from);
        }
    }

    public void Link(string existing, string name)
    {
        lock (_namesLock)
        {
            _files[name] = FindUnderLock(existing);
        }
    }

    public void Delete(string path)
    {
        lock (_namesLock)
        {
            _files.Remove(path);
        }
    }

    public void DeleteFolder(string folder)
    {
        string prefix = Prefix(folder);
        lock (_namesLock)
        {
            foreach (string path in new List<string>(_files.Keys))
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal))
                {
                    _files.Remove(path);
                }
            }
        }
    }

    public void SyncFolder(string folder)
    {
        // Nothing here survives the process, synced or not.
    }

    public IDisposable? TryLock(string path)
    {
        lock (_namesLock)
        {
            return _locks.Add(path) ? new HeldLock(this, path) : null;
        }
    }

    private static string Prefix(string folder) => folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;

    private MemoryFile Find(string path)
    {
        lock (_namesLock)
        {
            return FindUnderLock(path);
        }
    }

    private MemoryFile FindUnderLock(string path) => _files.TryGetValue(path, out MemoryFile? file)
        ? file
        : throw new FileNotFoundException($"there is no file {path} in memory", path);

    private sealed class HeldLock(MemoryFileSystem owner, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._namesLock)
            {
                owner._locks.Remove(path);
            }
        }
    }

    /// <summary>A file as pieces of one size: it grows without copying what is there.</summary>
    private sealed class MemoryFile : IFile
    {
        private const int PieceLength = 64 << 10;

        private readonly Lock _contentLock = new();
        private readonly List<byte[]> _pieces = [];
        private long _length;

        public long Length
        {
            get
            {
                lock (_contentLock)
                {
                    return _length;
                }
            }
        }

        public int Read(long offset, Span<byte> target)
        {
            lock (_contentLock)
            {
                int count = (int)Math.Clamp(_length - offset, 0, target.Length);
                for (int done = 0; done < count;)
                {
                    ReadOnlySpan<byte> rest = Piece(offset + done);
                    rest = rest[..Math.Min(rest.Length, count - done)];
                    rest.CopyTo(target[done..]);
                    done += rest.Length;
                }

                return count;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            lock (_contentLock)
            {
                Extend(offset + source.Length);
                while (!source.IsEmpty)
                {
                    Span<byte> rest = Piece(offset);
                    int count = Math.Min(rest.Length, source.Length);
                    source[..count].CopyTo(rest);
                    source = source[count..];
                    offset += count;
                }
            }
        }

        public void SetLength(long length)
        {
            lock (_contentLock)
            {
                if (length >= _length)
                {
                    Extend(length);
                    return;
                }

                int pieces = (int)((length + PieceLength - 1) / PieceLength);
                _pieces.RemoveRange(pieces, _pieces.Count - pieces);
                _length = length;
                if (length % PieceLength != 0)
                {
                    // What was cut off must be zeros when the file grows again.
                    Piece(length).Clear();
                }
            }
        }

        public void Sync()
        {
            // As for folders.
        }

        public void Dispose()
        {
            // The content belongs to the name, not to who has it open.
        }

        private Span<byte> Piece(long offset) => _pieces[(int)(offset / PieceLength)].AsSpan((int)(offset % PieceLength));

        private void Extend(long length)
        {
            while ((long)_pieces.Count * PieceLength < length)
            {
                _pieces.Add(new byte[PieceLength]);
            }

            _length = Math.Max(_length, length);
        }
    }
}
