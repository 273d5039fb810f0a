using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public sealed class NeededLabelsTests
{
    [Theory]
    [InlineData("sum by (a, b) (m)", "a b __name__")]
    [InlineData("sum by (a) (rate((m[5m])))", "a __name__")]
    [InlineData("histogram_quantile(0.9, sum by (le) (rate(m[5m] @ 100)))", "le __name__")]
    [InlineData("max(quantile_over_time(0.5, m[5m]))", "__name__")]
    [InlineData("max_over_time((sum by (a) (m))[5m:1m])", "a __name__")]
    [InlineData("topk(scalar(count(m)), up)", "__name__")]
    [InlineData("m", null)]
    [InlineData("rate(m[5m])", null)]
    [InlineData("sum without (a) (m)", null)]
    [InlineData("topk by (a) (2, m)", null)]
    [InlineData("count_values by (a) (\"v\", m)", null)]
    [InlineData("sum by (a) (m * 2)", null)]
    [InlineData("sum by (a) (m / on (b) up)", null)]
    [InlineData("sum by (a) (label_replace(m, \"a\", \"$1\", \"b\", \"(.*)\"))", null)]
    [InlineData("sum by (a) (histogram_quantile(0.9, m))", null)]
    [InlineData("sum by (a) (absent_over_time(m[5m]))", null)]
    [InlineData("sum by (a) ({__name__=~\"m\"})", null)]
    [InlineData("sum by (a) (max_over_time(m[5m:1m]))", null)]
    public void Of_a_selector_those_labels_are_needed_that_its_aggregation_keeps(string query, string? labels)
    {
        Expr? expr = PromQLParser.Parse(query, ParserOptions.Default).Expr;
        Assert.NotNull(expr);
        List<VectorSelector> selectors = [];
        Collect(expr, selectors);
        VectorSelector selector = Assert.Single(selectors, static selector => selector.Name != "up");
        IReadOnlyList<string>? needed = NeededLabels.Of(expr).For(selector);
        Assert.Equal(labels, needed is null ? null : string.Join(' ', needed));
    }

    private static void Collect(Expr expr, List<VectorSelector> selectors)
    {
        switch (Evaluator.Unwrap(expr))
        {
            case VectorSelector selector:
                selectors.Add(selector);
                break;
            case MatrixSelector range:
                selectors.Add(range.Selector);
                break;
            case SubqueryExpr subquery:
                Collect(subquery.Inner, selectors);
                break;
            case BinaryExpr binary:
                Collect(binary.Left, selectors);
                Collect(binary.Right, selectors);
                break;
            case AggregateExpr aggregate:
                Collect(aggregate.Inner, selectors);
                if (aggregate.Parameter is { } parameter)
                {
                    Collect(parameter, selectors);
                }

                break;
            case Call call:
                foreach (Expr argument in call.Arguments)
                {
                    Collect(argument, selectors);
                }

                break;
        }
    }
}
