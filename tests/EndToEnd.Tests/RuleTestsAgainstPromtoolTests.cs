using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary><c>ampedge-server test rules</c> beside Debian's promtool, on the same files.</summary>
public sealed class RuleTestsAgainstPromtoolTests
{
    private const string Rules = """
        groups:
        - name: g
          rules:
          - alert: High
            expr: x > 1
            for: 1m
            labels: {team: a, size: "{{ $value }}"}
            annotations:
              summary: "{{ $labels.job }} is at {{ $value | humanize }}, {{ printf \"%.3f %e %8d|%-6s|%q\" $value 0.5 42 \"ab\" \"c\" }}"
              human: "{{ humanizeDuration 93784.2 }} {{ humanizeTimestamp 1435065584.128 }} {{ humanize1024 123456 }} {{ humanizePercentage 0.1234567 }}"
              queries: "{{ range query \"x\" | sortByLabel \"job\" }}{{ .Labels.job }}={{ .Value }} {{ end }}{{ with query \"sum(x)\" }}{{ . | first | value }}{{ end }}"
              texts: "{{ reReplaceAll \"(a)\" \"<$1>\" \"banana\" }} {{ title \"a b\" }} {{ $labels }} {{ if gt $value 6000.0 }}very{{ else if eq $labels.job \"a\" }}a{{ end }}"
          - alert: Low
            expr: x < 2
            annotations: {none: ""}
          - record: y
            expr: sum(x) * 1e9
        """;

    private const string Tests = """
        rule_files: [rules.yml, none*.yml]
        evaluation_interval: 1m
        tests:
        - name: wrong
          interval: 1m
          input_series: [{series: 'x{job="a"}', values: "1 5000 5000"}, {series: 'x{job="b"}', values: "1 5000 7000.5"}]
          alert_rule_test:
          - {eval_time: 2m, alertname: High}
          - {eval_time: 90s, alertname: High, exp_alerts: [{exp_labels: {job: c}, exp_annotations: {summary: s}}]}
          - {eval_time: 0m, alertname: Low, exp_alerts: [{exp_labels: {job: a}}]}
          promql_expr_test:
          - {expr: x * 2, eval_time: 1m, exp_samples: [{labels: '{job="a"}', value: 1.5}]}
          - {expr: x +, eval_time: 1m}
          - {expr: y, eval_time: 1m, exp_samples: [{value: 1.5}]}
          - {expr: ALERTS, eval_time: 2m, exp_samples: []}
          - {expr: 'x[1m]', eval_time: 1m, exp_samples: []}
          - {expr: 'sum(nothing)', eval_time: 1m, exp_samples: [{value: 12345678.9}, {labels: '{a="b"}', value: 0.00001}]}
        - interval: 1m
          alert_rule_test: [{eval_time: 1m}]
        """;

    [Fact]
    public async Task Verdicts_and_words_are_those_of_promtool()
    {
        using WorkingFolder folder = new();
        folder.Write("rules.yml", Rules);
        string tests = folder.Write("tests.yml", Tests);
        (int exitCode, string output, string error) expected = await Command.RunAsync(Oracle.Program("promtool"), ["test", "rules", tests]);
        (int exitCode, string output, string error) got = await Command.RunAsync(Programs.Server, ["test", "rules", tests]);
        Assert.Equal(1, expected.exitCode);
        Assert.Equal(expected, got);
    }

    [Theory]
    [InlineData("unittest.yml")]
    [InlineData("long-period.yml")]
    [InlineData("bad-promql.yml")]
    [InlineData("at-modifier-test.yml")]
    public async Task Shared_files_get_the_same_exit_code_and_progress(string file)
    {
        string path = Oracle.Locate($"conformance/rules/unit_tests/{file}");
        (int exitCode, string output, string _) = await Command.RunAsync(Programs.Server, ["test", "rules", path]);
        bool passes = file != "bad-promql.yml";
        Assert.Equal(passes ? 0 : 1, exitCode);
        Assert.Equal(passes ? $"Unit Testing:  {path}\n  SUCCESS\n\n" : $"Unit Testing:  {path}\n\n\n", output);
    }

    [Fact]
    public async Task A_server_takes_experimental_parts_of_the_language_that_are_switched_on_and_no_unknown_names()
    {
        const string Experimental = "/api/v1/query?query=mad_over_time(vector(1)[5m:1m])";
        using WorkingFolder folder = new();
        await using (RunningProgram server = await Pipeline.StartOpenServerAsync(folder, ""))
        {
            using HttpResponseMessage refused = await server.Http.GetAsync(Experimental, TestContext.Current.CancellationToken);
            Assert.Equal(400, (int)refused.StatusCode);
            Assert.Equal(0, await server.StopAsync());
        }

        const string Features = "--enable-feature=promql-experimental-functions,promql-extended-range-selectors";
        await using (RunningProgram server = await Pipeline.StartOpenServerAsync(folder, "", Features))
        {
            Assert.Contains("\"success\"", await server.GetAsync(Experimental), StringComparison.Ordinal);
            Assert.Contains(
                "\"success\"", await server.GetAsync("/api/v1/query?query=increase(up[5m]%20anchored)"), StringComparison.Ordinal);
            Assert.Equal(0, await server.StopAsync());
        }

        (int exitCode, string _, string error) = await Command.RunAsync(Programs.Server, ["--enable-feature=promql-telepathy"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("promql-telepathy", error, StringComparison.Ordinal);
    }
}
