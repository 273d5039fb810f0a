using System.Globalization;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// The wall clock of one program, which the test sets back and forth while it runs (libfaketime). The monotonic clock and the
/// times of files stay true, as they do when an administrator or NTP sets a clock.
/// </summary>
public sealed class SteppedClock
{
    private readonly WorkingFolder _folder;
    private readonly string _file;
    private readonly string _library;

    public SteppedClock(WorkingFolder folder)
    {
        _folder = folder;
        _library = Find();
        _file = folder.Write("clock", "+0");
    }

    /// <summary>What a program must be started with to have this clock.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["LD_PRELOAD"] = _library,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",

        // Without it waits that a time ends return at once, and the program spins.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["NO_FAKE_STAT"] = "1",
    };

    /// <summary>Sets the clock so far ahead of the true time, or behind it.</summary>
    public void Set(TimeSpan ahead)
    {
        string next = _folder.Write("clock.next", string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalSeconds:+0;-0;+0}"));
        File.Move(next, _file, overwrite: true);
    }

    private static string Find()
    {
        foreach (string folder in Directory.GetDirectories("/usr/lib", "*-linux-gnu"))
        {
            string library = Path.Combine(folder, "faketime", "libfaketimeMT.so.1");
            if (File.Exists(library))
            {
                return library;
            }
        }

        Oracle.Absent("libfaketime is not installed (Debian's package faketime)");
        return "";
    }
}
