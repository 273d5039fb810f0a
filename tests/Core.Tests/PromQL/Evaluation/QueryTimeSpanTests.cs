using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class QueryTimeSpanTests
{
    [Theory]
    [InlineData("1", 600_000, 900_000)]
    [InlineData("up", 300_001, 900_000)]
    [InlineData("up offset 1m", 240_001, 840_000)]
    [InlineData("up offset -1m", 360_001, 960_000)]
    [InlineData("up @ 100", -199_999, 100_000)]
    [InlineData("rate(up[1m])", 540_001, 900_000)]
    [InlineData("up - (rate(down[20m] @ end()) or vector(1))", -299_999, 900_000)]
    [InlineData("max_over_time(up[10m:1m] offset 5m)", -539_999, 600_000)]
    [InlineData("topk(scalar(up offset 1h), up)", 600_000 - 3_600_000 - 300_000 + 1, 900_000)]
    public void A_query_opens_the_data_that_its_selectors_need_and_no_more(string query, long minMs, long maxMs)
    {
        Expr? expr = PromQLParser.Parse(query, ParserOptions.Default).Expr;
        Assert.NotNull(expr);
        QueryTimeSpan span = QueryTimeSpan.Of(expr, new StepRange(600_000, 900_000, 60_000), new EngineOptions());
        Assert.Equal((minMs, maxMs), (span.MinMs, span.MaxMs));
    }
}
