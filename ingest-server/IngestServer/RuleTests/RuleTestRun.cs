using System.Globalization;
using System.Linq;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.Rules;
using AmpEdge.IngestServer.Tools;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>
/// Runs one test: the rules are evaluated from its start on, alerts are looked at where the test says so, and expressions at
/// the end.
/// </summary>
internal sealed class RuleTestRun : IRuleQuerier, IDisposable
{
    private readonly RuleTest _test;
    private readonly RuleTestFile _file;
    private readonly RuleTestStore _store = new();
    private readonly List<RuleGroup> _groups = [];
    private readonly List<string> _failures = [];
    private readonly Engine _engine;

    public RuleTestRun(
        RuleTest test, RuleTestFile file, IReadOnlyList<RuleGroupDefinition> groups, EngineOptions engine, TimeProvider time)
    {
        _test = test;
        _file = file;
        _engine = new Engine(
            engine with { DefaultSubqueryStep = file.EvaluationInterval, DelayedNameRemoval = true }, time);
        foreach (RuleGroupDefinition group in groups)
        {
            _groups.Add(new RuleGroup(group, test.ExternalLabels, test.ExternalUrl));
        }
    }

    /// <summary>Runs the test; what is wrong, in promtool's words, and nothing when it passes.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        if (!TryLoad() || !CheckAlertNames())
        {
            return _failures;
        }

        if (await EvaluateRulesAsync(cancel).ConfigureAwait(false))
        {
            foreach (ExpressionTest expression in _test.Expressions)
            {
                await CheckAsync(expression, cancel).ConfigureAwait(false);
            }
        }

        return _failures;
    }

    public async Task<QueryValue> QueryAsync(string expression, long timeMs, CancellationToken cancel)
    {
        QueryResult result = await _engine.InstantAsync(_store, expression, timeMs, QueryOptions.Default, cancel)
            .ConfigureAwait(false);
        return result.Value;
    }

    public void Dispose() => _engine.Dispose();

    private bool TryLoad()
    {
        long intervalMs = (long)(_test.Interval ?? _file.EvaluationInterval).TotalMilliseconds;
        foreach (RuleTestSeries series in _test.Series)
        {
            string line = $"{series.Series} {series.Values}".Trim();
            if (!SeriesDescriptionParser.TryParse(line, out SeriesDescription? description, out ParseError? error))
            {
                _failures.Add(error.ToString());
                return false;
            }

            _store.Load(description, _test.StartMs, intervalMs);
        }

        return true;
    }

    private bool CheckAlertNames()
    {
        foreach (AlertTest alert in _test.Alerts)
        {
            if (alert.AlertName.Length == 0)
            {
                string where = _test.Name.Length > 0 ? $" (in TestGroup {_test.Name})" : "";
                _failures.Add(
                    "an item under alert_rule_test misses required attribute alertname at eval_time "
                    + PrometheusDuration.Format(alert.EvalTime) + where);
                return false;
            }
        }

        return true;
    }

    /// <summary>The time of the last check, after the start.</summary>
    private TimeSpan LastEvalTime()
    {
        TimeSpan last = TimeSpan.Zero;
        foreach (AlertTest alert in _test.Alerts)
        {
            last = alert.EvalTime > last ? alert.EvalTime : last;
        }

        foreach (ExpressionTest expression in _test.Expressions)
        {
            last = expression.EvalTime > last ? expression.EvalTime : last;
        }

        return last;
    }

    /// <summary>False when a rule failed, after which nothing else is worth a look.</summary>
    private async Task<bool> EvaluateRulesAsync(CancellationToken cancel)
    {
        long intervalMs = (long)_file.EvaluationInterval.TotalMilliseconds;
        long lastMs = _test.StartMs + (long)LastEvalTime().TotalMilliseconds;
        List<AlertTest> checks = [.. _test.Alerts];
        checks.Sort(static (left, right) => left.EvalTime.CompareTo(right.EvalTime));
        int next = 0;
        for (long timeMs = _test.StartMs; timeMs <= lastMs; timeMs += intervalMs)
        {
            _store.StoreUntil(timeMs);
            if (!await EvaluateRulesAsync(timeMs, cancel).ConfigureAwait(false))
            {
                return false;
            }

            // A check between two evaluations sees what the one before it left.
            long untilMs = timeMs + intervalMs - _test.StartMs;
            for (; next < checks.Count && checks[next].EvalTime.TotalMilliseconds < untilMs; next++)
            {
                Check(checks[next]);
            }
        }

        return true;
    }

    private async Task<bool> EvaluateRulesAsync(long timeMs, CancellationToken cancel)
    {
        int before = _failures.Count;
        foreach (RuleGroup group in _groups)
        {
            foreach (RuleFailure failure in await group.EvaluateAsync(this, _store, timeMs, cancel).ConfigureAwait(false))
            {
                _failures.Add($"    rule: {failure.Rule}, time: {GoText.Duration(timeMs)}, err: {failure.Problem}");
            }
        }

        return _failures.Count == before;
    }

    private void Check(AlertTest test)
    {
        List<ExpectedAlert> got = [];
        foreach (RuleGroup group in _groups)
        {
            foreach (IRule rule in group.Rules)
            {
                if (rule is AlertingRule alerting && alerting.Definition.Alert == test.AlertName)
                {
                    AddFiring(alerting, got);
                }
            }
        }

        List<ExpectedAlert> expected = [.. test.Expected];
        expected.Sort(Compare);
        got.Sort(Compare);
        if (expected.SequenceEqual(got))
        {
            return;
        }

        string name = _test.Name.Length > 0 ? $"    name: {_test.Name},\n" : "";
        _failures.Add(
            $"{name}    alertname: {test.AlertName}, time: {PrometheusDuration.Format(test.EvalTime)}, \n"
            + $"        exp:{Indent(Describe(expected), "            ")}, \n"
            + $"        got:{Indent(Describe(got), "            ")}");
    }

    private static void AddFiring(AlertingRule rule, List<ExpectedAlert> got)
    {
        foreach (ActiveAlert alert in rule.Alerts)
        {
            if (alert.State == AlertState.Firing)
            {
                got.Add(new ExpectedAlert(alert.Labels, ExpectedAlert.Describe(alert.Annotations)));
            }
        }
    }

    private static int Compare(ExpectedAlert left, ExpectedAlert right)
    {
        int order = left.Labels.CompareTo(right.Labels);
        return order != 0 ? order : string.CompareOrdinal(left.Annotations, right.Annotations);
    }

    private static string Describe(List<ExpectedAlert> alerts)
    {
        if (alerts.Count == 0)
        {
            return "[]";
        }

        List<string> texts = [];
        for (int index = 0; index < alerts.Count; index++)
        {
            string alert = $"\nLabels:{LabelsFormatter.FormatAsPairs(alerts[index].Labels)}"
                + $"\nAnnotations:{alerts[index].Annotations}";
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"\n{index}:{Indent(alert, "  ")}"));
        }

        return $"[{string.Join(',', texts)}\n]";
    }

    private static string Indent(string text, string by) => text.Replace("\n", "\n" + by, StringComparison.Ordinal);

    private async Task CheckAsync(ExpressionTest test, CancellationToken cancel)
    {
        string what = $"    expr: {LabelsFormatter.Quote(test.Expression)}, time: {PrometheusDuration.Format(test.EvalTime)},";
        List<TestedSample> got = [];
        try
        {
            long timeMs = _test.StartMs + (long)test.EvalTime.TotalMilliseconds;
            foreach (RuleSample sample in await RuleVector.QueryAsync(this, test.Expression, timeMs, cancel).ConfigureAwait(false))
            {
                string histogram = sample.Histogram is { } value ? HistogramExpression.Of(value) : "";
                got.Add(new TestedSample(sample.Labels, sample.Value, histogram));
            }
        }
        catch (RuleFailedException failure)
        {
            _failures.Add($"{what} err: {failure.Message}");
            return;
        }

        List<TestedSample> expected = [];
        foreach (ExpectedSample sample in test.Expected)
        {
            if (!TryRead(sample, out TestedSample? read, out string problem))
            {
                _failures.Add($"{what} err: labels {LabelsFormatter.Quote(sample.Labels)}: {problem}");
                return;
            }

            expected.Add(read);
        }

        expected.Sort(static (left, right) => left.Labels.CompareTo(right.Labels));
        got.Sort(static (left, right) => left.Labels.CompareTo(right.Labels));
        if (!AreEqual(expected, got))
        {
            _failures.Add(
                $"{what}\n        exp: {TestedSample.Describe(expected)}\n        got: {TestedSample.Describe(got)}");
        }
    }

    private bool AreEqual(List<TestedSample> expected, List<TestedSample> got)
    {
        if (expected.Count != got.Count)
        {
            return false;
        }

        for (int index = 0; index < expected.Count; index++)
        {
            if (!expected[index].Matches(got[index], _file.FuzzyCompare))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryRead(
        ExpectedSample sample, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TestedSample? read, out string problem)
    {
        read = null;
        problem = "";
        string labels = sample.Labels.Length == 0 ? "{}" : sample.Labels;
        if (!SeriesDescriptionParser.TryParse(labels, out SeriesDescription? metric, out ParseError? error))
        {
            problem = error.ToString();
            return false;
        }

        if (sample.Histogram.Length == 0)
        {
            read = new TestedSample(metric.Labels, sample.Value, "");
            return true;
        }

        if (!SeriesDescriptionParser.TryParse($"{{}} {sample.Histogram}", out SeriesDescription? values, out error))
        {
            problem = error.ToString();
            return false;
        }

        if (values.Values is not [{ Histogram: { } histogram }])
        {
            problem = values.Values.Count == 1
                ? $"expected histogram, got {sample.Histogram}"
                : string.Create(CultureInfo.InvariantCulture, $"expected 1 value, got {values.Values.Count}");
            return false;
        }

        read = new TestedSample(metric.Labels, sample.Value, HistogramExpression.Of(histogram));
        return true;
    }
}
