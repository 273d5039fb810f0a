using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Usage;

/// <summary>The rule and dashboard files that the proxy was given: what stands in them is read, whoever queries.</summary>
internal sealed class ReaderFiles(IReadOnlyList<string> rules, IReadOnlyList<string> dashboards, ILogger log)
{
    private const int MaxFileBytes = 64 << 20;

    /// <summary>Reads all files anew; one that cannot be read is logged and its readers are missing.</summary>
    public void ReadInto(Observation into, ReadReader reader, long nowMs)
    {
        into.ForgetFiles();
        if (rules.Count + dashboards.Count == 0 || into.WorkspaceOf(Observation.AnyWorkspace) is not { } everywhere)
        {
            return;
        }

        foreach (string path in Expand(rules))
        {
            Add(path, RulesOf(path), ReaderKind.RuleFile);
        }

        foreach (string path in Expand(dashboards))
        {
            Add(path, DashboardOf(path), ReaderKind.DashboardFile);
        }

        void Add(string path, IReadOnlyList<string>? queries, ReaderKind kind)
        {
            if (queries is null)
            {
                return;
            }

            int unreadable = 0;
            foreach (string query in queries)
            {
                if (!reader.Add(into, everywhere, query, kind, nowMs))
                {
                    into.Lose(UsageLoss.UnreadableQueries);
                    unreadable++;
                }
            }

            UsageLog.FileRead(log, path, queries.Count, unreadable);
        }
    }

    private List<string>? RulesOf(string path)
    {
        ConfigErrors errors = new();
        if (YamlReader.ReadFile(path, errors) is { } yaml && errors.Count == 0)
        {
            return RuleTexts.OfFile(yaml);
        }

        UsageLog.FileUnreadable(log, path, errors.ToString());
        return null;
    }

    private IReadOnlyList<string>? DashboardOf(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                UsageLog.FileUnreadable(log, path, "the file is larger than 64 MiB");
                return null;
            }

            if (DashboardQueries.Of(File.ReadAllBytes(path)) is { } queries)
            {
                return queries;
            }

            UsageLog.FileUnreadable(log, path, "the file is no JSON: export the dashboard as JSON");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            UsageLog.FileUnreadable(log, path, error.Message);
        }

        return null;
    }

    /// <summary>The files of patterns such as <c>rules/*.yml</c>; other names stay as they are.</summary>
    private static List<string> Expand(IReadOnlyList<string> patterns)
    {
        List<string> files = [];
        foreach (string pattern in patterns)
        {
            string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
            if (!Path.GetFileName(pattern).Contains('*', StringComparison.Ordinal) || !Directory.Exists(folder))
            {
                files.Add(pattern);
                continue;
            }

            string[] found = Directory.GetFiles(folder, Path.GetFileName(pattern));
            Array.Sort(found, StringComparer.Ordinal);
            files.AddRange(found);
        }

        return files;
    }
}
