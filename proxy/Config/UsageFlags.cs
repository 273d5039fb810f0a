using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>The flags that stand in place of the section <c>usage</c> of a configuration file.</summary>
internal sealed class UsageFlags
{
    private static readonly UsageConfig s_defaults = new();

    private readonly Flag<bool> _enable;
    private readonly Flag<string> _stateFile;
    private readonly Flag<TimeSpan> _unusedAfter;
    private readonly Flag<IReadOnlyList<string>> _rules;
    private readonly Flag<IReadOnlyList<string>> _dashboards;
    private readonly Flag<string> _prices;
    private readonly Flag<long> _maxMetrics;
    private readonly Flag<long> _writesPerSecond;

    public UsageFlags(CommandLine flags)
    {
        FlagGroup usage = flags.Group("Written but never queried");
        _enable = usage.Switch("usage.enable", "Count which metrics are written and which are read; see /usage of the admin port.");
        _stateFile = usage.Text("usage.state-file", "", "Keeps what is known across restarts; else it is kept in memory.", "FILE");
        _rules = usage.Texts("usage.rules", "Rule file whose metrics count as read; * in the name for several.", "FILE");
        _dashboards = usage.Texts("usage.dashboards", "Grafana dashboard (JSON) whose metrics count as read; * for several.", "FILE");
        _unusedAfter = usage.Duration("usage.unused-after", s_defaults.UnusedAfter, "A metric that nothing has read for so long is unused.");
        _prices = usage.Text("usage.prices", "", "YAML with a section prices, as the agent's --cost.config-file.", "FILE");
        _maxMetrics = usage.Number("usage.max-metrics", s_defaults.MaxMetrics, 1, UsageConfig.MostMetrics, "Metrics that are remembered.");
        _writesPerSecond = usage.Number(
            "usage.writes-per-second", s_defaults.WritesPerSecond, 1, UsageConfig.MostWritesPerSecond,
            "About so many writes a second are decoded; the rest is estimated.");
        All = [_enable, _stateFile, _rules, _dashboards, _unusedAfter, _prices, _maxMetrics, _writesPerSecond];
    }

    public IReadOnlyList<Flag> All { get; }

    /// <summary>What the flags mean; every problem is added to <paramref name="problems"/>.</summary>
    public UsageConfig ToConfig(List<string> problems)
    {
        foreach (Flag flag in All)
        {
            if (flag.IsSet && !_enable.Value && flag != _enable)
            {
                problems.Add($"flag --{flag.Name}: only --usage.enable uses it; give both or neither");
            }
        }

        if (_unusedAfter.Value < UsageConfig.ShortestUnusedAfter || _unusedAfter.Value > UsageConfig.Longest)
        {
            problems.Add(
                $"flag --usage.unused-after: got '{PrometheusDuration.Format(_unusedAfter.Value)}', allowed: "
                + UsageConfig.Range(UsageConfig.ShortestUnusedAfter));
        }

        ConfigErrors errors = new();
        PriceTable? prices = PriceTableReader.ReadFile(_prices.Value, errors);
        foreach (ConfigProblem problem in errors.Problems)
        {
            problems.Add(problem.ToString());
        }

        return new UsageConfig
        {
            Enable = _enable.Value,
            StateFile = _stateFile.Value,
            UnusedAfter = _unusedAfter.Value,
            Rules = _rules.Value,
            Dashboards = _dashboards.Value,
            Prices = prices ?? s_defaults.Prices,
            MaxMetrics = (int)_maxMetrics.Value,
            WritesPerSecond = (int)_writesPerSecond.Value,
        };
    }
}
