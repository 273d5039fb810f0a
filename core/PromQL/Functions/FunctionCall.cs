using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>
/// One call in one query, as its function sees it: arguments evaluated over all steps on demand. Each argument is asked
/// for at most once, because a stream can be read only once.
/// </summary>
internal sealed class FunctionCall(Call node, Evaluator evaluator)
{
    public Call Node => node;

    public Evaluator Evaluator => evaluator;

    public EvaluationContext Context => evaluator.Context;

    /// <summary>The evaluation times; all columns have one value for each.</summary>
    public StepRange Steps => evaluator.Steps;

    /// <summary>How many arguments were written.</summary>
    public int ArgumentCount => node.Arguments.Count;

    /// <summary>The argument as written, without parentheses around it.</summary>
    public Expr Argument(int index) => Evaluator.Unwrap(node.Arguments[index]);

    /// <summary>Where an argument begins, for annotations.</summary>
    public int Position(int index) => node.Arguments[index].Position.Start;

    public ScalarColumn Scalar(int index) => evaluator.EvaluateScalar(node.Arguments[index]);

    public SeriesStream Vector(int index) => evaluator.EvaluateVector(node.Arguments[index]);

    public RangeSource Range(int index)
    {
        RangeExtensions.RequireFor(node.Function.Name, ExtensionOf(index));
        return evaluator.EvaluateRange(node.Arguments[index]);
    }

    /// <summary>Which samples outside its windows a range argument holds too.</summary>
    public RangeExtension ExtensionOf(int index) =>
        Argument(index) is MatrixSelector range ? RangeExtensions.Of(range.Selector) : RangeExtension.None;

    /// <summary>A string argument, which the parser allows to be a literal only.</summary>
    public StringLiteral Text(int index) =>
        Argument(index) as StringLiteral ?? throw new UnreachableException("a string argument is a literal");

    /// <summary>A window function over a range argument; the name is dropped unless the function keeps it.</summary>
    public SeriesStream OverRange(WindowFunction function, int rangeArgument = 0)
    {
        function.Notes = new RangeNotes(Context.Annotations, Position(0));
        RangeFunctionStream stream = new(Range(rangeArgument), function, Context);

        // Where other nodes bring series together that meet at no step, Prometheus's functions over ranges fail.
        return function.KeepsName ? stream : NameRemoval.Apply(stream, Context, Steps.Count, sameLabelsFail: true);
    }

    /// <summary>A function of one number over a vector argument; the name is dropped.</summary>
    public SeriesStream Map(Func<double, double> map, int vectorArgument = 0) =>
        WithoutName(new MappedStream(Vector(vectorArgument), map));

    /// <summary>Drops the metric name of results that are no longer that metric.</summary>
    public SeriesStream WithoutName(SeriesStream stream) => NameRemoval.Apply(stream, Context, Steps.Count);
}
