using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AmpEdge.Wal;

/// <summary>The real disk.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    private const int OutOfSpace = 28;
    private const int OverQuota = 122;

    public void CreateFolder(string folder) => Guard(folder, static folder => Directory.CreateDirectory(folder));

    public IReadOnlyList<string> List(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        return Array.ConvertAll(
            Guard(folder, static folder => Directory.GetFileSystemEntries(folder)), static path => Path.GetFileName(path));
    }

    public bool FileExists(string path) => File.Exists(path);

    public IFile Create(string path) => new DiskFile(path, Open(path, FileMode.Create, FileAccess.ReadWrite));

    public IFile OpenWrite(string path) => new DiskFile(path, Open(path, FileMode.Open, FileAccess.ReadWrite));

    public IFile OpenRead(string path) => new DiskFile(path, Open(path, FileMode.Open, FileAccess.Read));

    public void Rename(string from, string to) => Guard((from, to), static path =>
    {
        if (Directory.Exists(path.from))
        {
            Directory.Move(path.from, path.to);
        }
        else
        {
            File.Move(path.from, path.to, overwrite: true);
        }

        return true;
    });

    public void Link(string existing, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Guard((existing, name), static path =>
            {
                File.Copy(path.existing, path.name);
                return true;
            });
        }
        else
        {
            Posix.Link(existing, name);
        }
    }

    public void Delete(string path) => Guard(path, static path =>
    {
        // The runtime forgives an absent file, but not that its folder is absent.
        if (Path.Exists(path))
        {
            File.Delete(path);
        }

        return true;
    });

    public void DeleteFolder(string folder) => Guard(folder, static folder =>
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return true;
    });

    public void SyncFolder(string folder)
    {
        // .NET opens no folders, so their fsync is called directly. Windows has none and needs none.
        if (!OperatingSystem.IsWindows())
        {
            Posix.SyncFolder(folder);
        }
    }

    public IDisposable? TryLock(string path)
    {
        try
        {
            return Guard(path, static path => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException busy) when (busy.InnerException is not UnauthorizedAccessException && File.Exists(path))
        {
            return null;
        }
    }

    private static SafeFileHandle Open(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return Guard(
                (path, mode, access),
                static file => File.OpenHandle(file.path, file.mode, file.access, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (DirectoryNotFoundException absent) when (mode == FileMode.Open)
        {
            throw new FileNotFoundException(absent.Message, path, absent);
        }
        catch (IOException failure) when (IsDiskFull(failure))
        {
            throw new DiskFullException(path, failure);
        }
    }

    /// <summary>What may not be touched is a refusal of the disk like any other, which the runtime sees otherwise.</summary>
    private static TResult Guard<TPath, TResult>(TPath path, Func<TPath, TResult> action)
    {
        try
        {
            return action(path);
        }
        catch (UnauthorizedAccessException refusal)
        {
            throw new IOException(refusal.Message, refusal);
        }
    }

    private static bool IsDiskFull(IOException failure) => failure.HResult is OutOfSpace or OverQuota;

    private sealed class DiskFile(string path, SafeFileHandle handle) : IFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> target)
        {
            int total = 0;
            while (total < target.Length)
            {
                int read = RandomAccess.Read(handle, target[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            try
            {
                RandomAccess.Write(handle, source, offset);
            }
            catch (IOException failure) when (IsDiskFull(failure))
            {
                throw new DiskFullException(path, failure);
            }
        }

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }

    /// <summary>The calls of libc that .NET does not offer: fsync of folders, and hard links.</summary>
    private static class Posix
    {
        private const int OpenReadOnly = 0;

        public static void SyncFolder(string folder)
        {
            int descriptor = open([.. Encoding.UTF8.GetBytes(folder), 0], OpenReadOnly);
            if (descriptor < 0)
            {
                throw Failure(folder);
            }

            try
            {
                if (fsync(descriptor) != 0)
                {
                    throw Failure(folder);
                }
            }
            finally
            {
                // The descriptor was only read through, so nothing can be lost by a failing close.
                _ = close(descriptor);
            }
        }

        public static void Link(string existing, string name)
        {
            if (link([.. Encoding.UTF8.GetBytes(existing), 0], [.. Encoding.UTF8.GetBytes(name), 0]) != 0)
            {
                throw Failure(name, "could not make the link");
            }
        }

        private static IOException Failure(string path, string what = "could not sync the folder")
        {
            int error = Marshal.GetLastPInvokeError();
            return error is OutOfSpace or OverQuota
                ? new DiskFullException(path)
                : new IOException($"{what} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        [DllImport("libc", SetLastError = true)]
        private static extern int open(byte[] path, int flags);

        [DllImport("libc", SetLastError = true)]
        private static extern int link(byte[] existing, byte[] name);

        [DllImport("libc", SetLastError = true)]
        private static extern int fsync(int descriptor);

        [DllImport("libc", SetLastError = true)]
        private static extern int close(int descriptor);
    }
}
