using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Relabel;

public sealed class DropRuleTests
{
    [Theory]
    [InlineData("node_cpu_seconds_total", "node_cpu_seconds_total")]
    [InlineData("a.b{c}'d", @"a\.b\{c\}''d")]
    [InlineData("a\nb: c", @"a\x{a}b: c")]
    [InlineData("été|\u0085\u2028\uFEFF", @"été\|\x{85}\x{2028}\x{feff}")]
    public void The_rule_matches_the_metric_and_nothing_else(string metric, string regex) => Assert.Equal(
        $"metric_relabel_configs:\n  - source_labels: [__name__]\n    regex: '{regex}'\n    action: drop",
        DropRule.For("metric_relabel_configs", metric));

    [Fact]
    public void Names_share_a_rule_as_long_as_its_expression_stays_short() => Assert.Equal(
        """
        write_relabel_configs:
          - source_labels: [__name__]
            regex: 'aaaa|bbbb'
            action: drop
          - source_labels: [__name__]
            regex: 'a_name_longer_than_the_bound'
            action: drop
          - source_labels: [__name__]
            regex: 'cccc'
            action: drop
        """.ReplaceLineEndings("\n"),
        DropRule.For("write_relabel_configs", ["aaaa", "bbbb", "a_name_longer_than_the_bound", "cccc"], 9));

    [Fact]
    public void Without_metrics_there_is_an_empty_list() =>
        Assert.Equal("write_relabel_configs: []", DropRule.For("write_relabel_configs", [], 100));

    [Fact]
    public void What_the_expressions_match_are_the_names_whatever_they_hold()
    {
        Gen gen = Gen.Create(38);
        for (int round = 0; round < 200; round++)
        {
            string name = gen.Text("aZ_:9.|()[]{}*+?^$\\/'\"#-é\u2028\n\t☃ ", 12) + "x";
            string yaml = DropRule.For("write_relabel_configs", name);
            string regex = yaml.Split('\n')[2]["    regex: '".Length..^1].Replace("''", "'", StringComparison.Ordinal);

            Assert.True(AnchoredRegex.Create(regex).IsMatch(name), $"{gen}: {name}");
            Assert.False(AnchoredRegex.Create(regex).IsMatch(name + "x"), $"{gen}: {name}");
        }
    }
}
