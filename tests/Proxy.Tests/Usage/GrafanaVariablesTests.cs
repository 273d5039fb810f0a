using AmpEdge.Proxy.Usage;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class GrafanaVariablesTests
{
    [Theory]
    [InlineData("rate(x[$__rate_interval])", "names x")]
    [InlineData("rate(x{job=~\"$job\",a=\"${b:regex}\",c=\"[[c]]\"}[${__interval}])", "names x")]
    [InlineData("rate(x[[[interval]]])", "names x")]
    [InlineData("rate(x[${minutes}m]) > 0", "names x")]
    [InlineData("avg_over_time(x[$__range:$__interval] offset $shift)", "names x")]
    [InlineData("x offset $shift", "names x")]
    [InlineData("topk($n, sum by ($label) (x))", "names x")]
    [InlineData("histogram_quantile($q, sum by (le, $by) (rate(x_bucket[5m])))", "names x_bucket")]
    [InlineData("x > $threshold", "names x")]
    [InlineData("x / $__range_s * 100", "names x")]
    [InlineData("node_${part}_total{a=\"b\"}", "pattern {__name__=~\"node_.*_total\"}")]
    [InlineData("$metric{job=\"j\"}", "all {job=\"j\",__name__=\"$…\"}")]
    [InlineData("rate([[metric]]_total[5m])", "pattern {__name__=~\".*_total\"}")]
    [InlineData("{__name__=~\"$prefix.*\"}", "all {__name__=~\"$….*\"}")]
    [InlineData("{__name__=~\"${service}_requests_.+\"}", "pattern {__name__=~\".*_requests_.+\"}")]
    [InlineData("label_replace(x, \"a\", \"$1\", \"b\", \"(.*)$\")", "names x")]
    [InlineData("x{a=~\"[[:alpha:]]+\"}", "names x")]
    [InlineData("sum(rate(x{a='$a'}[5m])) by ([[group]])", "names x")]
    [InlineData("$aggregation(x)", "words")]
    public void A_query_with_variables_becomes_PromQL(string query, string expected)
    {
        List<NameCondition> conditions = QueryNames.Of(DashboardQueries.Readable(query), out bool isReadable);

        if (expected == "words")
        {
            Assert.Contains("names x", conditions.ConvertAll(NameConditionTests.Describe));
            return;
        }

        Assert.True(isReadable, DashboardQueries.Readable(query));
        Assert.Equal(expected, Assert.Single(conditions.ConvertAll(NameConditionTests.Describe)));
    }

    [Fact]
    public void A_query_without_variables_stays_as_it_is()
    {
        const string query = "sum by (job) (rate(x{a=~\"b|c$\"}[5m]))";

        Assert.Equal(query, GrafanaVariables.Replace(query));
    }
}
