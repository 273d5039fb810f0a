using System.Linq;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class DepthTests
{
    private const int SmallStackBytes = 1024 * 1024;

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("-", "vector(1)", "")]
    [InlineData("abs(", "vector(1)", ")")]
    [InlineData("sum(", "vector(1)", ")")]
    [InlineData("", "vector(1)", " + vector(1)")]
    [InlineData("", "vector(1)", " or vector(1)")]
    [InlineData("vector(1) ^ ", "vector(1)", "")]
    [InlineData("label_replace(", "vector(1)", ", \"a\", \"b\", \"\", \"\")")]
    [InlineData("sum_over_time(", "vector(1)", "[1m:1m])")]
    public void The_deepest_expression_that_parses_can_be_evaluated_on_a_small_stack(
        string open, string inner, string close)
    {
        int depth = ParserOptions.Default.MaxDepth;
        string query;
        do
        {
            query = string.Concat(Repeat(open, depth), inner, Repeat(close, depth));
            depth--;
        }
        while (PromQLParser.Parse(query, ParserOptions.Default).Expr is null);

        Assert.InRange(depth, (ParserOptions.Default.MaxDepth / 2) - 5, ParserOptions.Default.MaxDepth);
        Exception? failure = null;
        Thread small = new(
            () =>
            {
                using Engine engine = new(new EngineOptions(), TimeProvider.System);
                failure = Record.Exception(() => engine
                    .InstantAsync(MemoryQueryable.Empty, query, 0, QueryOptions.Default, CancellationToken.None)
                    .GetAwaiter().GetResult());
            },
            SmallStackBytes);
        small.Start();
        small.Join();
        Assert.Null(failure);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
