using AmpEdge.IngestServer.Auth;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Auth;

public sealed class WildcardPatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("aps:*", "aps:RemoteWrite", true)]
    [InlineData("aps:Get*", "aps:GetLabels", true)]
    [InlineData("aps:Get*", "aps:QueryMetrics", false)]
    [InlineData("APS:remotewrite", "aps:RemoteWrite", true)]
    [InlineData("aps:Get?eries", "aps:GetSeries", true)]
    [InlineData("aps:Get?", "aps:GetSeries", false)]
    [InlineData("*Metric*", "aps:GetMetricMetadata", true)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-b-b-", false)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    public void Patterns_match_as_in_policies(string pattern, string text, bool expected) =>
        Assert.Equal(expected, WildcardPattern.Matches(pattern, text, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Many_stars_cost_no_more_than_pattern_times_text() =>
        Assert.False(WildcardPattern.Matches(
            string.Concat(System.Linq.Enumerable.Repeat("*a", 500)) + "b", new string('a', 5_000), StringComparison.Ordinal));
}
