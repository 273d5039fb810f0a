using System.IO.Enumeration;

namespace AmpEdge.Agent.Discovery;

/// <summary>Finds the files of patterns such as <c>/etc/targets/*.json</c>; only the last part may hold <c>*</c>.</summary>
internal static class FilePattern
{
    /// <summary>Every file that a pattern matches, once, in order.</summary>
    public static List<string> Expand(IReadOnlyList<string> patterns)
    {
        List<string> files = [];
        foreach (string pattern in patterns)
        {
            string folder = FolderOf(pattern);
            string name = Path.GetFileName(pattern);
            if (!name.Contains('*', StringComparison.Ordinal))
            {
                AddIfNew(files, File.Exists(pattern) ? pattern : null);
                continue;
            }

            if (!Directory.Exists(folder))
            {
                continue;
            }

            foreach (string file in Directory.EnumerateFiles(folder))
            {
                bool matches = FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false);
                AddIfNew(files, matches ? Path.Combine(Path.GetDirectoryName(pattern) ?? "", Path.GetFileName(file)) : null);
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The folder in which a pattern's files lie.</summary>
    public static string FolderOf(string pattern) =>
        Path.GetDirectoryName(pattern) is { Length: > 0 } folder ? folder : ".";

    private static void AddIfNew(List<string> files, string? file)
    {
        if (file is not null && !files.Contains(file))
        {
            files.Add(file);
        }
    }
}
