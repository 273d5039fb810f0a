using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public sealed class VectorMatchEvaluatorTests
{
    [Fact]
    public void Groups_with_many_members_on_both_sides_are_refused_before_any_pair_is_made()
    {
        BinaryExpr binary = Assert.IsType<BinaryExpr>(PromQLParser.Parse("a * on() a", ParserOptions.Default).Expr);
        StepRange steps = StepRange.Instant(0);
        // The evaluation asks at each series of the "many" side whether it has to stop.
        using EvaluationContext context = new(
            "a * on() a", steps, MemoryQueryable.Empty.OpenQuerier(0, 0), new EngineOptions(), new CancellationToken(canceled: true));
        VectorMatchEvaluator evaluator = new(
            binary, binary.Matching ?? VectorMatching.OneToOne, Vector(3), Vector(3), context);

        QueryException error = Assert.Throws<QueryException>(evaluator.Evaluate);
        Assert.Contains("many-to-many matching not allowed", error.Message, StringComparison.Ordinal);
    }

    private static SeriesMatrix Vector(int series)
    {
        SeriesMatrix vector = new(1);
        for (int index = 0; index < series; index++)
        {
            vector.Add(
                Labels.FromStrings("__name__", "a", "i", index.ToString(CultureInfo.InvariantCulture)), dropName: false, [1]);
        }

        return vector;
    }
}
