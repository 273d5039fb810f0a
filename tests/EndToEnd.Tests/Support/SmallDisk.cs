using System.Diagnostics;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>A disk of a few hundred KiB, mounted where the test's program has its data. Needs the right to mount.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path)
    {
        Path = path;
    }

    public string Path { get; }

    /// <summary>Mounts one; where that is not allowed there is no such test.</summary>
    public static SmallDisk Mount(WorkingFolder folder, int sizeKiB, string name = "agent-data")
    {
        string path = folder.At(name);
        Directory.CreateDirectory(path);
        if (Run("mount", "-t", "tmpfs", "-o", $"size={sizeKiB}k", "tmpfs", path) != 0)
        {
            Oracle.Absent("a small disk cannot be mounted without the right to mount");
        }

        return new SmallDisk(path);
    }

    /// <summary>Somebody else's file takes the room that is left, to the last byte, until it is deleted.</summary>
    public string Fill()
    {
        string path = System.IO.Path.Combine(Path, "foreign");
        byte[] filler = new byte[64 << 10];
        using FileStream foreign = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        try
        {
            while (true)
            {
                foreign.Write(filler);
            }
        }
        catch (IOException)
        {
            // Full.
        }

        return path;
    }

    public void Dispose() => Run("umount", "-l", Path);

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
