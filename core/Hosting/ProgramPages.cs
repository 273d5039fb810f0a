using System.Runtime.InteropServices;

namespace AmpEdge.Hosting;

/// <summary>
/// The memory into which the program's files are mapped: its code and the runtime's. Most of what the start touches is never needed again,
/// but counts as the process's until the machine runs short.
/// </summary>
public static class ProgramPages
{
    private const string MapsFile = "/proc/self/smaps";

    /// <summary>MADV_DONTNEED of madvise(2): gone from the process, still in the kernel's cache.</summary>
    private const int DoNotNeed = 4;

    /// <summary>
    /// Lets go of what is mapped from files and cannot have been changed; what is still needed is there again at its next use. Returns the
    /// bytes, or 0 where the kernel does not tell what is mapped.
    /// </summary>
    public static long LetGo()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        long bytes = 0;
        try
        {
            foreach (MappedFile file in MappedFile.Parse(File.ReadLines(MapsFile)))
            {
                if (file.IsAsOnDisk && madvise((nint)file.Start, (nint)(file.End - file.Start), DoNotNeed) == 0)
                {
                    bytes += file.ResidentBytes;
                }
            }
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            // /proc may be closed to us: the pages stay, as they would without this.
            return bytes;
        }

        return bytes;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int madvise(nint address, nint length, int advice);
}
