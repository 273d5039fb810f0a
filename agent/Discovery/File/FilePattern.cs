using System.IO.Enumeration;

namespace AmpEdge.Agent.Discovery;

/// <summary>Finds the files of patterns such as <c>/etc/targets/*.json</c>; only the last part may hold <c>*</c>.</summary>
internal static class FilePattern
{
    /// <summary>Every file that a pattern matches, once, in order.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="list">Lists the files of a folder.</param>
    /// <param name="unreadable">Takes folders that cannot be listed, with the reason; one that is absent has no files.</param>
    public static SortedSet<string> Expand(
        IReadOnlyList<string> patterns, Func<string, IEnumerable<string>> list, Action<string, string> unreadable)
    {
        SortedSet<string> files = new(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            string folder = FolderOf(pattern);
            string name = Path.GetFileName(pattern);
            if (!name.Contains('*', StringComparison.Ordinal))
            {
                if (File.Exists(pattern))
                {
                    files.Add(pattern);
                }

                continue;
            }

            try
            {
                AddMatching(files, list(folder), Path.GetDirectoryName(pattern) ?? "", name);
            }
            catch (DirectoryNotFoundException)
            {
                // Not there yet, or not any more.
                continue;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                unreadable(folder, error.Message);
            }
        }

        return files;
    }

    /// <summary>The folder in which a pattern's files lie.</summary>
    public static string FolderOf(string pattern) =>
        Path.GetDirectoryName(pattern) is { Length: > 0 } folder ? folder : ".";

    private static void AddMatching(SortedSet<string> files, IEnumerable<string> found, string folder, string name)
    {
        foreach (string file in found)
        {
            if (FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false))
            {
                files.Add(Path.Combine(folder, Path.GetFileName(file)));
            }
        }
    }
}
