using System.Linq;
using System.Text.Json.Nodes;
using AmpEdge.IngestServer.RuleTests;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.RuleTests;

public sealed class TestRulesCommandTests : IDisposable
{
    private const string Folder = "conformance/rules/unit_tests";

    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-rules-").FullName;

    public static TheoryData<string> Cases()
    {
        if (!Oracle.Has(Folder))
        {
            return [Oracle.NoCase];
        }

        TheoryData<string> names = [];
        foreach (JsonNode? item in ReadCases())
        {
            names.Add(item!["name"]!.GetValue<string>());
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_shared_case_has_its_verdict(string name)
    {
        JsonNode testCase = ReadCases().First(item => item!["name"]!.GetValue<string>() == name)!;
        List<string> args = [];
        foreach (JsonNode? run in testCase["run"]!.AsArray())
        {
            args.Add($"--run={run!.GetValue<string>()}");
        }

        if (testCase["ignore_unknown_fields"]!.GetValue<bool>())
        {
            args.Add("--ignore-unknown-fields");
        }

        foreach (JsonNode? file in testCase["files"]!.AsArray())
        {
            args.Add(Oracle.Locate($"{Folder}/{file!.GetValue<string>()}"));
        }

        (int exitCode, string output, string error) = Run([.. args]);
        Assert.True((exitCode == 0) == testCase["passes"]!.GetValue<bool>(), output + error);
        Assert.InRange(exitCode, 0, 1);
    }

    [Fact]
    public void A_file_that_passes_and_one_that_fails_are_told_apart_as_promtool_does()
    {
        Write("rules.yml", """
            groups:
            - name: g
              labels: {team: a}
              rules:
              - alert: High
                expr: x > 1
                for: 1m
                annotations: {summary: "{{ $labels.job }} is at {{ $value | humanize }}"}
            """);
        string passes = Write("passes.yml", """
            rule_files: ["rul*.yml"]
            tests:
            - input_series: [{series: 'x{job="a"}', values: "1 5000 5000"}]
              alert_rule_test:
              - eval_time: 1m30s
                alertname: High
              - eval_time: 2m
                alertname: High
                exp_alerts:
                - {exp_labels: {job: a, team: a}, exp_annotations: {summary: "a is at 5k"}}
            """);
        string fails = Write("fails.yml", """
            rule_files: [rules.yml, none*.yml]
            tests:
            - name: wrong
              input_series: [{series: 'x{job="a"}', values: "1 5000 5000"}]
              alert_rule_test:
              - {eval_time: 2m, alertname: High}
              promql_expr_test:
              - {expr: x * 2, eval_time: 1m, exp_samples: [{labels: '{job="a"}', value: 1.5}]}
              - {expr: x +, eval_time: 1m}
            """);

        (int exitCode, string output, string error) = Run(passes, fails);

        Assert.Equal(1, exitCode);
        Assert.Equal($"Unit Testing:  {passes}\n  SUCCESS\n\nUnit Testing:  {fails}\n\n\n\n\n", output);
        Assert.Equal(
            $"""
              WARNING: no file match pattern {Path.Combine(_folder, "none*.yml")}
              FAILED:
                name: wrong,
                alertname: High, time: 2m, 
                    exp:[], 
                    got:[
                        0:
                          Labels:{"{"}alertname="High", job="a", team="a"{"}"}
                          Annotations:{"{"}summary="a is at 5k"{"}"}
                        ]
                expr: "x * 2", time: 1m,
                    exp: {"{"}job="a"{"}"} 1.5E+00
                    got: {"{"}job="a"{"}"} 1E+04
                expr: "x +", time: 1m, err: 1:4: parse error: unexpected end of input

            """,
            error);
    }

    [Fact]
    public void Rules_of_one_group_see_what_those_before_them_recorded_and_series_that_end_are_stale()
    {
        Write("rules.yml", """
            groups:
            - name: second
              rules: [{record: c, expr: b + 1}]
            - name: first
              rules:
              - {record: a, expr: x > 1, labels: {by: rule}}
              - {record: b, expr: a * 10}
            """);
        string file = Write("test.yml", """
            rule_files: [rules.yml]
            group_eval_order: [other, first, second]
            tests:
            - input_series: [{series: x, values: "2 3 1"}]
              promql_expr_test:
              - {expr: b, eval_time: 1m, exp_samples: [{labels: 'b{by="rule"}', value: 30}]}
              - {expr: c, eval_time: 1m, exp_samples: [{labels: 'c{by="rule"}', value: 31}]}
              - {expr: a, eval_time: 2m}
            """);
        (int exitCode, string output, string error) = Run(file);
        Assert.True(exitCode == 0, output + error);
    }

    [Fact]
    public void Histograms_are_compared_in_the_notation_of_tests()
    {
        string file = Write("test.yml", """
            tests:
            - input_series: [{series: h, values: "{{schema:1 sum:4 count:3 z_bucket:1 z_bucket_w:0.5 offset:1 buckets:[1 0 1]}}"}]
              promql_expr_test:
              - expr: h
                exp_samples: [{labels: h, histogram: "{{count:3 sum:4 schema:1 buckets:[1 0 1] offset:1 z_bucket_w:0.5 z_bucket:1}}"}]
              - {expr: h, exp_samples: [{labels: h, histogram: "{{count:4}}"}]}
              - {expr: h, exp_samples: [{labels: h, histogram: "1 2"}]}
            """);
        (int exitCode, string _, string error) = Run(file);
        Assert.Equal(1, exitCode);
        Assert.Equal(
            """
              FAILED:
                expr: "h", time: 0s,
                    exp: h {{count:4}}
                    got: h {{schema:1 count:3 sum:4 z_bucket:1 z_bucket_w:0.5 offset:1 buckets:[1 0 1]}}
                expr: "h", time: 0s, err: labels "h": expected 1 value, got 2

            """.Replace("exp: h", "exp: {__name__=\"h\"}", StringComparison.Ordinal)
                .Replace("got: h", "got: {__name__=\"h\"}", StringComparison.Ordinal),
            error);
    }

    [Theory]
    [InlineData("tests: [{promql_expr_test: [{expr: x, evaltime: 1m}]}]", "evaltime not found in type main.promqlTestCase")]
    [InlineData("tests: [{start_timestamp: yesterday}]", "is no time")]
    [InlineData("tests: [{alert_rule_test: [{eval_time: 1m}]}]", "misses required attribute alertname at eval_time 1m")]
    [InlineData("group_eval_order: [a, a]", "group name repeated in evaluation order: a")]
    [InlineData("tests: [{input_series: [{series: 'x', values: '1 {{'}]}]", "parse error")]
    public void What_is_wrong_with_a_file_is_said(string text, string expected)
    {
        (int exitCode, string _, string error) = Run(Write("bad.yml", text));
        Assert.Equal(1, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_keys_can_be_passed_by()
    {
        string file = Write("test.yml", "tests: [{promql_expr_test: [{expr: vector(1), exp_samples: [{value: 1, note: x}]}]}]");
        Assert.Equal(1, Run(file).ExitCode);
        Assert.Equal(0, Run("--ignore-unknown-fields", file).ExitCode);
    }

    [Fact]
    public void Experimental_parts_of_the_language_have_to_be_switched_on_by_name()
    {
        string file = Write("test.yml", """
            tests:
            - input_series: [{series: x, values: "1 2"}]
              promql_expr_test: [{expr: "mad_over_time(x[5m])", eval_time: 1m, exp_samples: [{value: 0.5}]}]
            """);
        Assert.Equal(1, Run(file).ExitCode);
        Assert.Equal(0, Run("--enable-feature=promql-experimental-functions", file).ExitCode);
        (int exitCode, string _, string error) = Run("--enable-feature=promql-everything", file);
        Assert.Equal(2, exitCode);
        Assert.Contains("promql-everything", error, StringComparison.Ordinal);
        Assert.Contains("type-and-unit-labels", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new string[0], 2)]
    [InlineData(new[] { "--help" }, 0)]
    [InlineData(new[] { "rules", "--help" }, 0)]
    [InlineData(new[] { "rules" }, 2)]
    [InlineData(new[] { "rules", "--run=(", "x.yml" }, 2)]
    [InlineData(new[] { "rulez" }, 2)]
    public void Command_lines_that_ask_for_nothing_to_run_end_at_once(string[] args, int expected)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Assert.Equal(expected, TestRulesCommand.Run(args, output, error, TimeProvider.System));
        Assert.NotEmpty(expected == 0 ? output.ToString() : error.ToString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JsonArray ReadCases() =>
        JsonNode.Parse(File.ReadAllText(Oracle.Locate($"{Folder}/cases.json")))!.AsArray();

    private static (int ExitCode, string Output, string Error) Run(params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int exitCode = TestRulesCommand.Run(["rules", .. args], output, error, TimeProvider.System);
        return (exitCode, output.ToString(), error.ToString());
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
