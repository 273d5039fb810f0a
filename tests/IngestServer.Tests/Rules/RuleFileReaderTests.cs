using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using AmpEdge.IngestServer.Rules;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Rules;

public class RuleFileReaderTests
{
    private const string Folder = "conformance/rules";

    [Fact]
    public void Every_shared_file_is_taken_or_refused_as_Prometheus_does()
    {
        List<string> differences = [];
        foreach (JsonNode? item in JsonNode.Parse(File.ReadAllText(Oracle.Locate($"{Folder}/files/cases.json")))!.AsArray())
        {
            string file = item!["file"]!.GetValue<string>();
            RuleFileOptions options = new() { LegacyNames = item["name_validation"]!.GetValue<string>() == "legacy" };
            RuleFile read = RuleFileReader.ReadFile(Oracle.Locate($"{Folder}/files/{file}"), options);
            string problems = string.Join('\n', read.Problems);
            bool isExpected = item["ok"]!.GetValue<bool>()
                ? read.Problems.Count == 0 && read.Groups.Count > 0
                : problems.Contains(item["error_contains"]!.GetValue<string>(), StringComparison.Ordinal);
            if (!isExpected)
            {
                differences.Add($"{file}: {problems}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Every_shared_group_file_is_read()
    {
        foreach (string path in Directory.GetFiles(Oracle.Locate($"{Folder}/groups"), "*.yaml"))
        {
            RuleFile read = RuleFileReader.ReadFile(path, RuleFileOptions.Default);
            Assert.True(read.Problems.Count == 0, $"{path}: {string.Join('\n', read.Problems)}");
            Assert.NotEmpty(read.Groups);
            Assert.All(read.Groups, static group => Assert.NotEmpty(group.Rules));
        }
    }

    [Fact]
    public void All_that_a_rule_file_may_hold_is_read()
    {
        RuleFile read = Read("""
            groups:
            - name: g
              interval: 30s
              query_offset: 1m
              limit: 10
              labels: {team: a, tier: one}
              rules:
              - record: job:x:sum
                expr: sum by (job) (x)
                labels: {tier: two}
              - alert: Down
                expr: up == 0
                for: 5m
                keep_firing_for: 10m
                annotations: {summary: "{{ $labels.instance }} is down"}
            """);
        Assert.Empty(read.Problems);
        RuleGroupDefinition group = Assert.Single(read.Groups);
        Assert.Equal(("g", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), 10), (group.Name, group.Interval, group.QueryOffset, group.Limit));
        Assert.Equal([new("team", "a"), new("tier", "two")], group.Rules[0].Labels);
        Assert.Equal("sum by (job) (x)", group.Rules[0].Expr.ToString());
        RuleDefinition alert = group.Rules[1];
        Assert.True(alert.IsAlert);
        Assert.Equal(("Down", TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)), (alert.Name, alert.For, alert.KeepFiringFor));
        Assert.Equal([new("team", "a"), new("tier", "one")], alert.Labels);
    }

    [Theory]
    [InlineData("groups: [{name: ''}]", "file.yml: 1:10: Groupname must not be empty")]
    [InlineData("groups: [{name: a}, {name: a}]", "file.yml: 1:21: groupname: \"a\" is repeated in the same file")]
    [InlineData("groups: [{name: a, labels: {__name__: x}}]", "file.yml: invalid label name: __name__")]
    [InlineData(
        "groups: [{name: a, rules: [{record: r}]}]",
        "file.yml: 0:0: group \"a\", rule 1, \"r\": field 'expr' must be set in rule")]
    [InlineData(
        "groups: [{name: a, rules: [{record: r, expr: 'x +'}]}]",
        "file.yml: 1:46: group \"a\", rule 1, \"r\": could not parse expression: 1:4: parse error: unexpected end of input")]
    [InlineData(
        "groups: [{name: a, rules: [{record: r, alert: b, expr: x}]}]",
        "file.yml: 1:37: 1:47: group \"a\", rule 1, \"b\": only one of 'record' and 'alert' must be set")]
    [InlineData(
        "groups: [{name: a, rules: [{record: r, expr: x, annotations: {a: b}}]}]",
        "file.yml: 1:37: group \"a\", rule 1, \"r\": invalid field 'annotations' in recording rule")]
    [InlineData(
        "groups: [{name: a, rules: [{alert: b, expr: x, labels: {__name__: y}}]}]",
        "file.yml: group \"a\", rule 1, \"b\": invalid label name: __name__")]
    [InlineData(
        "groups: [{name: a, rules: [{alert: b, expr: x, annotations: {s: '{{ nope }}'}}]}]",
        "file.yml: group \"a\", rule 1, \"b\": annotation \"s\": template: __alert_b:1: function \"nope\" not defined")]
    [InlineData("groups: [{name: a, interval: soon}]", "file.yml:1:30 groups[0].interval: not a valid duration string: \"soon\"")]
    [InlineData("groups: [{name: a, rulez: []}]", "field rulez not found in type rulefmt.RuleGroup")]
    public void A_problem_is_told_in_Prometheus_words_with_its_place(string text, string expected) =>
        Assert.Contains(expected, string.Join('\n', Read(text).Problems), StringComparison.Ordinal);

    [Fact]
    public void Every_problem_of_a_file_is_found_at_once()
    {
        RuleFile read = Read("groups: [{name: a, rules: [{alert: b}, {record: c, expr: '('}, {expr: x}]}, {name: a}]");
        Assert.Empty(read.Groups);
        Assert.Equal(4, read.Problems.Count);
    }

    [Fact]
    public void Legacy_names_refuse_what_only_UTF_8_names_may_hold()
    {
        const string Text = "groups: [{name: a, rules: [{record: a.b, expr: x, labels: {c-d: e}}]}]";
        Assert.Empty(Read(Text).Problems);
        RuleFile read = RuleFileReader.Read("file.yml", Encoding.UTF8.GetBytes(Text), new RuleFileOptions { LegacyNames = true });
        Assert.Equal(2, read.Problems.Count);
    }

    [Fact]
    public void Expressions_may_use_the_experimental_parts_that_are_switched_on()
    {
        byte[] text = "groups: [{name: a, rules: [{record: r, expr: 'info(x)'}]}]"u8.ToArray();
        Assert.NotEmpty(RuleFileReader.Read("f", text, RuleFileOptions.Default).Problems);
        Assert.Empty(RuleFileReader.Read("f", text, new RuleFileOptions { Parser = ParserOptions.Everything }).Problems);
    }

    [Fact]
    public void Damaged_files_are_refused_and_never_crash()
    {
        Gen gen = Gen.Create(515);
        byte[] whole = Encoding.UTF8.GetBytes("""
            groups:
            - {name: g, interval: 1m, labels: {a: b}, rules: [{record: r, expr: x}, {alert: a, expr: y, for: 1m, annotations: {s: "{{ $value }}"}}]}
            """);
        for (int round = 0; round < 2000; round++)
        {
            RuleFile read = RuleFileReader.Read("f", gen.Mutate(whole, maxEdits: 5), RuleFileOptions.Default);
            Assert.True(read.Problems.Count == 0 || read.Groups.Count == 0, $"{gen}, round {round}");
        }
    }

    private static RuleFile Read(string text) => RuleFileReader.Read("file.yml", Encoding.UTF8.GetBytes(text), RuleFileOptions.Default);
}
