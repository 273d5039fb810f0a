namespace AmpEdge.PromQL;

/// <summary>A sign before an expression. A plus changes nothing, not even the metric name.</summary>
internal static class UnaryEvaluator
{
    public static NodeValue Evaluate(UnaryExpr unary, Evaluator evaluator)
    {
        NodeValue operand = evaluator.Evaluate(unary.Operand);
        if (!unary.Negative)
        {
            return operand;
        }

        if (operand is ScalarColumn scalar)
        {
            foreach (ref double value in scalar.Array.AsSpan())
            {
                value = -value;
            }

            return scalar;
        }

        NegatedStream negated = new((SeriesStream)operand);
        return NameRemoval.Apply(negated, evaluator.Context, evaluator.Steps.Count);
    }
}
