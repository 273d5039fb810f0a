using AmpEdge.Proxy.Usage;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class QueryNamesTests
{
    [Theory]
    [InlineData("sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m])) / on() group_left sum(up)", "http_requests_total up")]
    [InlineData("max_over_time((a + b offset 5m)[1h:1m]) unless c @ end()", "a b c")]
    [InlineData("histogram_quantile(scalar(q), sum by (le) (rate(x_bucket[5m])))", "q x_bucket")]
    [InlineData("absent({__name__=~\"a|b\"}) or vector(1)", "a b")]
    [InlineData("1 + time()", "")]
    [InlineData("-(((deep))) ^ topk(scalar(k), v)", "deep k v")]
    public void Every_selector_of_an_expression_counts(string query, string names)
    {
        List<NameCondition> conditions = QueryNames.Of(query, out bool isReadable);

        Assert.True(isReadable);
        Assert.Equal(names, string.Join(' ', conditions.ConvertAll(static found => NameConditionTests.Describe(found)["names ".Length..])));
    }

    [Fact]
    public void Of_what_is_no_PromQL_each_word_counts()
    {
        List<NameCondition> conditions = QueryNames.Of("default_rollup(node_load1[5m]) keep_metric_names ???", out bool isReadable);

        Assert.False(isReadable);
        Assert.Contains("names node_load1", conditions.ConvertAll(NameConditionTests.Describe));
    }

    [Fact]
    public void A_query_of_any_length_and_depth_is_survived()
    {
        QueryNames.Of(new string('(', 100_000), out bool deep);
        QueryNames.Of(string.Join('+', new string[60_000]) + "a", out bool signs);

        Assert.False(deep || signs);
    }
}
