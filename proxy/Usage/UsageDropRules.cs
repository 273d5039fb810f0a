using System.Globalization;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.Usage;

/// <summary>The <c>write_relabel_configs</c> that would keep unused metrics from being sent.</summary>
internal static class UsageDropRules
{
    /// <summary>A rule's expression; longer ones are hard to read and to review.</summary>
    public const int MaxRegexLength = 4_000;

    /// <summary>The rules with a comment that says what they save, for one workspace or for all.</summary>
    /// <param name="report">Where the metrics come from.</param>
    /// <param name="workspace">Its id; null for all.</param>
    /// <param name="minSaving">Only metrics whose absence saves as much a month.</param>
    public static string Of(UsageReport report, string? workspace, double minSaving)
    {
        SortedSet<string> read = new(StringComparer.Ordinal);
        foreach (UsageRow row in report.Metrics)
        {
            if (!row.IsUnused && IsOf(row, workspace))
            {
                // A rule for all workspaces must not drop what one of them reads.
                read.Add(row.Name);
            }
        }

        SortedSet<string> names = new(StringComparer.Ordinal);
        double rate = 0;
        foreach (UsageRow row in report.Metrics)
        {
            if (row.IsUnused && IsOf(row, workspace) && row.MonthlySaving >= minSaving && !read.Contains(row.Name))
            {
                names.Add(row.Name);
                rate += row.SamplesPerSecond;
            }
        }

        return Write(report, workspace, names, rate);
    }

    private static bool IsOf(UsageRow row, string? workspace) => workspace is null || row.Workspace == workspace;

    private static string Write(UsageReport report, string? workspace, SortedSet<string> names, double rate)
    {
        double total = report.Total.SamplesPerSecond;
        double saving = report.Prices.Total(total) - report.Prices.Total(Math.Max(0, total - rate));
        StringBuilder yaml = new();
        yaml.Append(CultureInfo.InvariantCulture, $"# {names.Count} metrics that nothing has read within ")
            .Append(PrometheusDuration.Format(report.UnusedAfter)).Append("; watched for ")
            .Append(UsageText.Duration(report.Watched)).Append('\n')
            .Append("# Saves ").Append(UsageText.Money(saving, report.Prices)).Append(" a month. Goes below the remote_write of ")
            .Append(workspace is null ? "every workspace" : workspace.Length == 0 ? "the upstream" : workspace).Append(".\n");
        if (report.OpenReads.Count > 0)
        {
            yaml.Append("# Something reads without naming metrics and may read these too: ")
                .Append(report.OpenReads[0].Selector.ReplaceLineEndings(" ")).Append('\n');
        }

        return yaml.Append(DropRule.For("write_relabel_configs", [.. names], MaxRegexLength)).Append('\n').ToString();
    }
}
