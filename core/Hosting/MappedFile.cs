using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>A stretch of a process's memory, as <c>/proc/PID/smaps</c> shows it (proc(5)).</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The address behind the last.</param>
/// <param name="Rights"><c>rwxp</c> with dashes for what is not allowed; the last is <c>p</c> for private, <c>s</c> for shared.</param>
/// <param name="Path">The file, or what stands in its place; empty for none.</param>
/// <param name="ResidentBytes">What of it is in memory.</param>
/// <param name="ChangedBytes">What of it is no longer the file's.</param>
internal readonly record struct MappedFile(ulong Start, ulong End, string Rights, string Path, long ResidentBytes, long ChangedBytes)
{
    private const string Deleted = " (deleted)";

    /// <summary>True when all of it can be read from the file again: nobody may write to it, and nobody has.</summary>
    public bool IsAsOnDisk =>
        ResidentBytes > 0 && ChangedBytes == 0 && Rights[1] == '-' && Path.StartsWith('/') && !Path.EndsWith(Deleted, StringComparison.Ordinal);

    /// <summary>Reads the lines of the file, each stretch when the next begins.</summary>
    public static IEnumerable<MappedFile> Parse(IEnumerable<string> lines)
    {
        MappedFile current = default;
        foreach (string line in lines)
        {
            if (TryParseHead(line, out MappedFile next))
            {
                if (current.End > 0)
                {
                    yield return current;
                }

                current = next;
            }
            else if (TryParseSize(line, "Rss:", out long resident))
            {
                current = current with { ResidentBytes = resident };
            }
            else if (TryParseSize(line, "Anonymous:", out long changed))
            {
                current = current with { ChangedBytes = changed };
            }
        }

        if (current.End > 0)
        {
            yield return current;
        }
    }

    /// <summary><c>start-end rights offset device inode path</c>; the path may hold blanks. Nothing is known of its changes yet.</summary>
    private static bool TryParseHead(string line, out MappedFile file)
    {
        file = default;
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int blank = line.IndexOf(' ', StringComparison.Ordinal);
        if (dash <= 0 || blank < dash || line.Length < blank + 5
            || !ulong.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start)
            || !ulong.TryParse(line.AsSpan(dash + 1, blank - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong end))
        {
            return false;
        }

        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        file = new MappedFile(start, end, fields[1], fields.Length > 5 ? fields[5].TrimStart() : "", ResidentBytes: 0, ChangedBytes: long.MaxValue);
        return fields[1].Length == 4;
    }

    private static bool TryParseSize(string line, string name, out long bytes)
    {
        bytes = 0;
        if (!line.StartsWith(name, StringComparison.Ordinal) || !line.EndsWith(" kB", StringComparison.Ordinal)
            || !long.TryParse(line.AsSpan(name.Length, line.Length - name.Length - 3).Trim(), CultureInfo.InvariantCulture, out long kibibytes))
        {
            return false;
        }

        bytes = kibibytes * 1024;
        return true;
    }
}
