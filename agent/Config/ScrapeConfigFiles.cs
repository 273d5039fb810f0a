using System.IO.Enumeration;

namespace AmpEdge.Agent.Config;

/// <summary>Finds the files that <c>scrape_config_files</c> names.</summary>
internal static class ScrapeConfigFiles
{
    /// <summary>In the order of the patterns, by name within each. A file named by two patterns is read twice, as Prometheus does.</summary>
    /// <param name="patterns">Paths with at most one <c>*</c>, in their last part.</param>
    /// <param name="fail">Told of a folder that cannot be read.</param>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> patterns, Action<string> fail)
    {
        List<string> files = [];
        foreach (string pattern in patterns)
        {
            string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } parent ? parent : ".";
            string name = Path.GetFileName(pattern);
            if (!name.Contains('*', StringComparison.Ordinal))
            {
                // As with a pattern: what is not there is not read, and --config.check counts the files that are.
                if (File.Exists(pattern))
                {
                    files.Add(pattern);
                }

                continue;
            }

            try
            {
                List<string> found = Matching(folder, name);
                found.Sort(StringComparer.Ordinal);
                files.AddRange(found);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                fail($"error retrieving scrape config files for \"{pattern}\": {error.Message}");
            }
        }

        return files;
    }

    private static List<string> Matching(string folder, string pattern)
    {
        List<string> found = [];
        if (Directory.Exists(folder))
        {
            foreach (string path in Directory.EnumerateFiles(folder))
            {
                if (FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: false))
                {
                    found.Add(path);
                }
            }
        }

        return found;
    }
}
