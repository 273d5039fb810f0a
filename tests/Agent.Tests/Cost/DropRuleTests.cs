using AmpEdge.Agent.Cost;
using Xunit;

namespace AmpEdge.Agent.Tests.Cost;

public sealed class DropRuleTests
{
    [Theory]
    [InlineData("node_cpu_seconds_total", "node_cpu_seconds_total")]
    [InlineData("a.b{c}'d", @"a\.b\{c\}''d")]
    [InlineData("a\nb: c", @"a\x{a}b: c")]
    public void The_rule_matches_the_metric_and_nothing_else(string metric, string regex) => Assert.Equal(
        $"metric_relabel_configs:\n  - source_labels: [__name__]\n    regex: '{regex}'\n    action: drop",
        DropRule.For(metric));
}
