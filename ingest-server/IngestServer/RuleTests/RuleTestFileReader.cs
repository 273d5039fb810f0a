using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>Reads files of unit tests for rules.</summary>
internal sealed class RuleTestFileReader(bool ignoreUnknownFields)
{
    private static readonly TimeSpan s_defaultInterval = TimeSpan.FromMinutes(1);

    /// <summary>Reads a file; what is wrong with it goes to the errors.</summary>
    public static RuleTestFile Read(string path, bool ignoreUnknownFields, ConfigErrors errors)
    {
        YamlNode? node = YamlReader.ReadFile(path, errors);
        return node is not null && ConfigSection.OpenRoot(path, node, "main.unitTestFile", errors) is { } root
            ? new RuleTestFileReader(ignoreUnknownFields).Read(root)
            : new RuleTestFile();
    }

    private RuleTestFile Read(ConfigSection root)
    {
        TimeSpan interval = root.Duration("evaluation_interval", TimeSpan.Zero);
        List<RuleTest> tests = [];
        RuleTestFile file = new()
        {
            RuleFiles = root.Texts("rule_files"),
            EvaluationInterval = interval == TimeSpan.Zero ? s_defaultInterval : interval,
            GroupOrder = root.Texts("group_eval_order"),
            FuzzyCompare = root.Bool("fuzzy_compare", false),
            Tests = tests,
        };
        foreach (ConfigSection section in root.Sections("tests", "main.testGroup", "a test must not be empty"))
        {
            tests.Add(ReadTest(section));
        }

        End(root);
        return file;
    }

    private RuleTest ReadTest(ConfigSection section)
    {
        List<RuleTestSeries> series = [];
        foreach (ConfigSection item in section.Sections("input_series", "main.series", "a series must not be empty"))
        {
            series.Add(new RuleTestSeries(item.Text("series"), item.Text("values")));
            End(item);
        }

        TimeSpan interval = section.Duration("interval", TimeSpan.Zero);
        RuleTest test = new()
        {
            Name = section.Text("name"),
            Interval = interval == TimeSpan.Zero ? null : interval,
            StartMs = ReadStart(section),
            Series = series,
            Alerts = ReadAlertTests(section),
            Expressions = ReadExpressionTests(section),
            ExternalLabels = new Dictionary<string, string>(section.TextMap("external_labels"), StringComparer.Ordinal),
            ExternalUrl = section.Text("external_url"),
        };
        End(section);
        return test;
    }

    /// <summary>Unix seconds, or a date and time of RFC 3339.</summary>
    private static long ReadStart(ConfigSection section)
    {
        string text = section.Text("start_timestamp");
        if (text.Length == 0)
        {
            return 0;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, Style, CultureInfo.InvariantCulture, out double seconds)
            && Math.Abs(seconds) < long.MaxValue / 1000.0)
        {
            return (long)Math.Round(seconds * 1000);
        }

        if (text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return time.ToUnixTimeMilliseconds();
        }

        section.Fail("start_timestamp", "is no time", text, "Unix seconds or a time such as 2024-01-01T00:00:00Z");
        return 0;
    }

    private List<AlertTest> ReadAlertTests(ConfigSection test)
    {
        List<AlertTest> tests = [];
        foreach (ConfigSection section in test.Sections("alert_rule_test", "main.alertTestCase", "an alert test must not be empty"))
        {
            string name = section.Text("alertname");
            List<ExpectedAlert> expected = [];
            foreach (ConfigSection alert in section.Sections("exp_alerts", "main.alert", "an alert must not be empty"))
            {
                Labels labels = LabelsOf(alert.TextMap("exp_labels"), name);
                expected.Add(new ExpectedAlert(labels, ExpectedAlert.Describe(alert.TextMap("exp_annotations"))));
                End(alert);
            }

            tests.Add(new AlertTest(section.Duration("eval_time", TimeSpan.Zero), name, expected));
            End(section);
        }

        return tests;
    }

    private List<ExpressionTest> ReadExpressionTests(ConfigSection test)
    {
        List<ExpressionTest> tests = [];
        foreach (ConfigSection section in test.Sections(
            "promql_expr_test", "main.promqlTestCase", "an expression test must not be empty"))
        {
            List<ExpectedSample> expected = [];
            foreach (ConfigSection sample in section.Sections("exp_samples", "main.sample", "a sample must not be empty"))
            {
                expected.Add(new ExpectedSample(
                    sample.Text("labels"), sample.Float("value", 0), sample.Text("histogram")));
                End(sample);
            }

            tests.Add(new ExpressionTest(section.Text("expr"), section.Duration("eval_time", TimeSpan.Zero), expected));
            End(section);
        }

        return tests;
    }

    /// <summary>The name of the alert, which the evaluation adds, need not be written.</summary>
    private static Labels LabelsOf(IReadOnlyList<KeyValuePair<string, string>> map, string alertName)
    {
        LabelsBuilder labels = new();
        foreach ((string name, string value) in map)
        {
            labels.Set(name, value);
        }

        labels.Set("alertname", alertName);
        return labels.Build();
    }

    private void End(ConfigSection section)
    {
        if (!ignoreUnknownFields)
        {
            section.End();
        }
    }
}
