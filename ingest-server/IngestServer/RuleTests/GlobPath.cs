using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>Files by a path with <c>*</c>, <c>?</c> and <c>[…]</c> in any of its parts, as Go's filepath.Glob finds them.</summary>
internal static class GlobPath
{
    private const string Special = "*?[";

    /// <summary>The files and folders that match, ordered by name.</summary>
    public static List<string> Find(string pattern)
    {
        string root = Path.IsPathRooted(pattern) ? "/" : "";
        List<string> found = [root];
        foreach (string part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            List<string> deeper = [];
            foreach (string folder in found)
            {
                deeper.AddRange(part.AsSpan().ContainsAny(Special) ? Matching(folder, part) : Existing(folder, part));
            }

            found = deeper;
        }

        return found;
    }

    private static IEnumerable<string> Existing(string folder, string part)
    {
        string path = Path.Combine(folder, part);
        return Path.Exists(path) ? [path] : [];
    }

    private static List<string> Matching(string folder, string part)
    {
        List<string> matching = [];
        if (Directory.Exists(folder.Length == 0 ? "." : folder) && AnchoredRegex.TryCreate(ToRegex(part), out AnchoredRegex? regex, out _))
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(folder.Length == 0 ? "." : folder))
            {
                if (regex.IsMatch(Path.GetFileName(path)))
                {
                    matching.Add(Path.Combine(folder, Path.GetFileName(path)));
                }
            }
        }

        matching.Sort(StringComparer.Ordinal);
        return matching;
    }

    private static string ToRegex(string part)
    {
        StringBuilder regex = new();
        bool inClass = false;
        foreach (char letter in part)
        {
            inClass = letter == '[' || (inClass && letter != ']');
            string text = letter.ToString();
            regex.Append((letter, inClass) switch
            {
                ('*', false) => ".*",
                ('?', false) => ".",
                ('[' or ']' or '-' or '^', _) => text,
                _ when char.IsAsciiLetterOrDigit(letter) || letter is '_' || letter > '\x7f' => text,
                _ => "\\" + text,
            });
        }

        return regex.ToString();
    }
}
