using System.Reflection;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Config;
using AmpEdge.Wal;

namespace AmpEdge.Proxy.Usage;

/// <summary><c>ampedge-proxy usage merge FILE…</c> and <c>ampedge-proxy usage report FILE…</c>: what state files of proxies say.</summary>
internal sealed class UsageCommand(IFileSystem files, TextWriter output, TextWriter error, TimeProvider time)
{
    public const string Word = "usage";

    private static readonly Assembly s_assembly = typeof(UsageCommand).Assembly;

    /// <summary>Runs what stands behind the word; returns the exit code.</summary>
    public int Run(string[] args) => args switch
    {
        ["merge", .. string[] rest] => Merge(rest),
        ["report", .. string[] rest] => Report(rest),
        _ => Refuse("usage: got "
            + (args.Length == 0 ? "nothing" : $"'{args[0]}'")
            + ", allowed: merge FILE… [--output FILE], report FILE… (--help for each)"),
    };

    private int Merge(string[] args)
    {
        CommandLine line = new(
            "ampedge-proxy usage merge", "Merges the state files of several proxies into one, in any order, each as often as you like.", s_assembly);
        Flag<string> target = line.Group("Merging").Text("output", "", "Where the merged file goes; else its report is printed.", "FILE");
        Flag<long> limit = LimitOf(line);
        ListArgument sources = line.Arguments("FILE", "state files of --usage.state-file, or merged ones");
        if (!line.TryParse(args, output, error, out int exitCode))
        {
            return exitCode;
        }

        if (Read(sources.Values) is not { } states)
        {
            return ExitCode.Failure;
        }

        UsageState merged = UsageState.Merge(states);
        if (target.Value.Length == 0)
        {
            Print(merged, new PriceTable(), new UsageConfig().UnusedAfter, limit.Value);
            return ExitCode.Success;
        }

        ByteBuffer bytes = new();
        UsageFile.Write(bytes, merged);
        try
        {
            AtomicFile.Write(files, Path.GetFullPath(target.Value), bytes.Written);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Refuse($"--output {target.Value} cannot be written: {refused.Message}");
        }

        output.WriteLine($"{target.Value}: {merged.Observations.Count} observer(s) of {states.Count} file(s), {bytes.Length} bytes");
        return ExitCode.Success;
    }

    private int Report(string[] args)
    {
        CommandLine line = new(
            "ampedge-proxy usage report", "Prints what state files say: unused metrics first, by what would be saved.", s_assembly);
        FlagGroup group = line.Group("Report");
        Flag<string> prices = group.Text("prices", "", "YAML file with a section prices, as the agent's --cost.config-file.", "FILE");
        Flag<TimeSpan> unusedAfter = group.Duration(
            "unused-after", new UsageConfig().UnusedAfter, "A metric that nothing has read for so long is unused.");
        Flag<bool> rules = group.Switch("drop-rules", "Print the write_relabel_configs that drop what is unused instead.");
        Flag<string> workspace = group.Text("workspace", "", "Drop rules of this workspace only.", "ID");
        Flag<long> limit = LimitOf(line);
        ListArgument sources = line.Arguments("FILE", "state files of --usage.state-file, or merged ones");
        if (!line.TryParse(args, output, error, out int exitCode))
        {
            return exitCode;
        }

        ConfigErrors problems = new();
        PriceTable? table = PriceTableReader.ReadFile(prices.Value, problems);
        if (table is null)
        {
            return Refuse(problems.ToString());
        }

        if (Read(sources.Values) is not { } states)
        {
            return ExitCode.Failure;
        }

        UsageState merged = UsageState.Merge(states);
        if (rules.Value)
        {
            output.Write(UsageDropRules.Of(
                ReportOf(merged, table, unusedAfter.Value), workspace.Value.Length == 0 ? null : workspace.Value, 0));
            return ExitCode.Success;
        }

        Print(merged, table, unusedAfter.Value, limit.Value);
        return ExitCode.Success;
    }

    private static Flag<long> LimitOf(CommandLine line) =>
        line.Group("Table").Number("limit", 50, 1, int.MaxValue, "Metrics that are printed.");

    private List<UsageState>? Read(IReadOnlyList<string> paths)
    {
        List<UsageState> states = [];
        bool good = true;
        foreach (string path in paths)
        {
            string problem;
            try
            {
                problem = "there is no such file";
                if (AtomicFile.TryRead(files, path, UsageFile.MaxBytes) is { } bytes
                    && UsageFile.Read(bytes, new UsageBounds(), out problem) is { } state)
                {
                    states.Add(state);
                    continue;
                }
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                problem = refused.Message;
            }

            good = false;
            error.WriteLine($"error: {path}: {problem}");
        }

        return good ? states : null;
    }

    private void Print(UsageState state, PriceTable prices, TimeSpan unusedAfter, long limit) =>
        UsageTable.Write(output, ReportOf(state, prices, unusedAfter), (int)limit);

    private UsageReport ReportOf(UsageState state, PriceTable prices, TimeSpan unusedAfter) =>
        UsageReport.Of(state.Observations, prices, unusedAfter, time.GetUtcNow());

    private int Refuse(string problem)
    {
        error.WriteLine($"error: {problem}");
        return ExitCode.Usage;
    }
}
