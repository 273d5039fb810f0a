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

    [Theory]
    [InlineData("a * on() a", "many-to-many matching not allowed")]
    [InlineData("a * on() group_left() a", "many-to-many matching not allowed")]
    public void Groups_with_many_members_that_meet_only_later_are_refused_in_time(string query, string problem)
    {
        const int Series = 20_000;
        SeriesMatrix later = Late(Series);
        // Were each member paired with each, this would take minutes; the patience only ends the test then.
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        QueryException error = Assert.Throws<QueryException>(() => Evaluate(query, later, later, patience.Token));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_that_replace_each_other_meet_only_at_their_own_steps()
    {
        const int Steps = 300;
        SeriesMatrix churning = new(Steps);
        double[] column = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            Array.Fill(column, Missing.Value);
            column[step] = step;
            churning.Add(Labels.FromStrings("__name__", "a", "i", $"{step}"), dropName: false, column);
        }

        SeriesMatrix result = Evaluate("a + on() a", churning, churning, TestContext.Current.CancellationToken);
        Assert.Equal(1, result.Count);
        for (int step = 0; step < Steps; step++)
        {
            Assert.Equal(2 * step, result.Values(0)[step]);
        }
    }

    [Fact]
    public void An_earlier_failure_is_told_before_a_later_one()
    {
        // At the first step two of the left side meet one of the right, at the second two of the right side meet.
        SeriesMatrix left = new(2);
        left.Add(Labels.FromStrings("__name__", "a", "i", "1"), dropName: false, [1, 1]);
        left.Add(Labels.FromStrings("__name__", "a", "i", "2"), dropName: false, [1, Missing.Value]);
        SeriesMatrix right = new(2);
        right.Add(Labels.FromStrings("__name__", "b", "i", "1"), dropName: false, [Missing.Value, 1]);
        right.Add(Labels.FromStrings("__name__", "b", "i", "2"), dropName: false, [1, 1]);

        QueryException error = Assert.Throws<QueryException>(
            () => Evaluate("a + on() b", left, right, TestContext.Current.CancellationToken));
        Assert.Contains("many-to-one matching must be explicit", error.Message, StringComparison.Ordinal);
    }

    private static SeriesMatrix Evaluate(string query, SeriesMatrix left, SeriesMatrix right, CancellationToken stop)
    {
        BinaryExpr binary = Assert.IsType<BinaryExpr>(PromQLParser.Parse(query, ParserOptions.Default).Expr);
        StepRange steps = new(0, left.StepCount - 1, 1);
        using EvaluationContext context = new(
            query, steps, MemoryQueryable.Empty.OpenQuerier(0, 0), new EngineOptions(), stop);
        return new VectorMatchEvaluator(binary, binary.Matching ?? VectorMatching.OneToOne, left, right, context).Evaluate();
    }

    /// <summary>Series of two steps that have a value at the second one only.</summary>
    private static SeriesMatrix Late(int series)
    {
        SeriesMatrix vector = new(2);
        for (int index = 0; index < series; index++)
        {
            vector.Add(Labels.FromStrings("__name__", "a", "i", $"{index}"), dropName: false, [Missing.Value, 1]);
        }

        return vector;
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
