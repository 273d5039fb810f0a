namespace AmpEdge.PromQL;

/// <summary><c>and</c>, <c>or</c> and <c>unless</c>: which series stay, step by step, never what their values are.</summary>
internal static class SetOperatorEvaluator
{
    public static SeriesStream Evaluate(BinaryExpr binary, Evaluator evaluator)
    {
        VectorMatching matching = binary.Matching ?? VectorMatching.OneToOne;
        LabelGroups groups = new(
            matching.On ? LabelProjection.Keep(matching.Labels) : LabelProjection.Without(matching.Labels));
        GroupPresence presence = new(groups, evaluator.Steps.Count);
        if (binary.Operator == BinaryOperator.Or)
        {
            return new UnionStream(
                evaluator.EvaluateVector(binary.Left), evaluator.EvaluateVector(binary.Right), presence);
        }

        SeriesStream left = evaluator.EvaluateVector(binary.Left);
        QueryBudget budget = evaluator.Context.Budget;
        long heldBefore = budget.Held;
        SeriesStream right = evaluator.EvaluateVector(binary.Right);
        while (right.MoveNext())
        {
            presence.Add(right.Labels, right.Values, right.Histograms);
        }

        budget.ReturnTo(heldBefore);
        return new PresenceFilterStream(left, presence, keepPresent: binary.Operator == BinaryOperator.And);
    }
}
