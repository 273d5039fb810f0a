using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class SubqueryEvaluatorTests
{
    [Theory]
    [InlineData("up[30s:10s]", 1_010_000, 990_000, 1_010_000)]
    [InlineData("up[30s:10s] offset 3s", 1_010_000, 980_000, 1_007_000)]
    [InlineData("up[30s:10s]", 10_000, -10_000, 10_000)]
    [InlineData("up[30s:10s] @ 100", 7_000_000, 80_000, 100_000)]
    [InlineData("up[2m:]", 300_000, 240_000, 300_000)]
    public void Inner_steps_are_multiples_of_their_width_inside_the_open_window(string query, long timeMs, long firstMs, long endMs)
    {
        StepRange steps = StepRange.Instant(timeMs);
        SubqueryExpr subquery = Assert.IsType<SubqueryExpr>(PromQLParser.Parse(query, ParserOptions.Default).Expr);
        StepRange inner = SubqueryEvaluator.InnerSteps(subquery, steps, steps, new EngineOptions());
        Assert.Equal(firstMs, inner.StartMs);
        Assert.Equal(endMs, inner.EndMs);
        Assert.True(inner.LastMs <= endMs && inner.LastMs > endMs - inner.StepMs);
    }
}
