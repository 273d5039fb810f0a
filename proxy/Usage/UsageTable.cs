using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Usage;

/// <summary>The report on a terminal.</summary>
internal static class UsageTable
{
    private static readonly string[] s_heads = ["METRIC", "WORKSPACE", "SERIES", "SAMPLES/S", "SAVES A MONTH", "LAST QUERIED", "READ BY"];

    public static void Write(TextWriter output, UsageReport report, int limit)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Unused.Metrics} of {report.Total.Metrics} metrics unused; without them a month costs {UsageText.Money(report.Unused.MonthlyCost, report.Prices)} less of {UsageText.Money(report.Total.MonthlyCost, report.Prices)}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"watched for {UsageText.Duration(report.Watched)} by {report.Observers} observer(s); unused: not read by name within {PrometheusDuration.Format(report.UnusedAfter)}"));
        foreach (OpenRead read in report.OpenReads)
        {
            output.WriteLine($"reads without naming metrics: {Plain(read.Selector)} ({Readers(read.Readers)})");
        }

        output.WriteLine();
        List<string[]> lines = [s_heads];
        foreach (UsageRow row in report.Metrics)
        {
            if (lines.Count <= limit)
            {
                lines.Add(
                [
                    Plain(row.Name), UsageText.Workspace(Plain(row.Workspace)), row.Series.ToString(CultureInfo.InvariantCulture),
                    UsageText.Rate(row.SamplesPerSecond), UsageText.Money(row.MonthlySaving, report.Prices),
                    UsageText.Ago(row.LastRead, report.Time), Readers(row.Readers),
                ]);
            }
        }

        WriteColumns(output, lines);
    }

    private static void WriteColumns(TextWriter output, List<string[]> lines)
    {
        int[] widths = new int[s_heads.Length];
        foreach (string[] line in lines)
        {
            for (int column = 0; column < widths.Length; column++)
            {
                widths[column] = Math.Max(widths[column], line[column].Length);
            }
        }

        foreach (string[] line in lines)
        {
            for (int column = 0; column < widths.Length - 1; column++)
            {
                bool isNumber = column is >= 2 and <= 4;
                output.Write(isNumber ? line[column].PadLeft(widths[column]) : line[column].PadRight(widths[column]));
                output.Write("  ");
            }

            output.WriteLine(line[^1]);
        }
    }

    private static string Readers(IReadOnlyList<ReadCount> readers)
    {
        List<string> shown = [];
        foreach (ReadCount reader in readers)
        {
            shown.Add(string.Create(CultureInfo.InvariantCulture, $"{ReaderKindNames.Of(reader.Kind)}×{reader.Count}"));
        }

        return shown.Count == 0 ? "nothing" : string.Join(' ', shown);
    }

    /// <summary>Names come from outside: control characters would command the terminal.</summary>
    private static string Plain(string text) =>
        string.Create(text.Length, text, static (shown, from) =>
        {
            for (int index = 0; index < shown.Length; index++)
            {
                shown[index] = char.IsControl(from[index]) ? '\uFFFD' : from[index];
            }
        });
}
