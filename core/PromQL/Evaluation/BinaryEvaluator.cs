namespace AmpEdge.PromQL;

/// <summary>Operators between two expressions: chooses how by the types of the two sides.</summary>
internal static class BinaryEvaluator
{
    public static NodeValue Evaluate(BinaryExpr binary, Evaluator evaluator)
    {
        if (binary.Operator.IsSetOperator())
        {
            return SetOperatorEvaluator.Evaluate(binary, evaluator);
        }

        bool leftIsVector = binary.Left.Type == ExprType.Vector;
        bool rightIsVector = binary.Right.Type == ExprType.Vector;
        if (leftIsVector && rightIsVector)
        {
            return EvaluateVectors(binary, evaluator);
        }

        if (!leftIsVector && !rightIsVector)
        {
            return EvaluateScalars(binary, evaluator);
        }

        SeriesStream vector = evaluator.EvaluateVector(leftIsVector ? binary.Left : binary.Right);
        ScalarColumn scalar = evaluator.EvaluateScalar(leftIsVector ? binary.Right : binary.Left);
        VectorScalarStream result = new(vector, scalar, binary, leftIsVector, evaluator.Context.Annotations);
        return !binary.Operator.IsArithmetic() && !binary.ReturnBool
            ? result
            : NameRemoval.Apply(result, evaluator.Context, evaluator.Steps.Count);
    }

    private static ScalarColumn EvaluateScalars(BinaryExpr binary, Evaluator evaluator)
    {
        if (binary.Operator.IsTrim())
        {
            throw new QueryException(
                QueryErrorKind.Execution, $"operator \"{binary.Operator.Symbol()}\" not allowed for Scalar operations");
        }

        ScalarColumn left = evaluator.EvaluateScalar(binary.Left);
        ScalarColumn right = evaluator.EvaluateScalar(binary.Right);
        if (binary.Operator.IsComparison())
        {
            BinaryOperation.Compare(binary.Operator, left.Values, right.Values, left.Array);
        }
        else
        {
            BinaryOperation.Compute(binary.Operator, left.Values, right.Values, left.Array);
        }

        return left;
    }

    private static SeriesStream EvaluateVectors(BinaryExpr binary, Evaluator evaluator)
    {
        VectorMatching matching = binary.Matching ?? VectorMatching.OneToOne;
        int stepCount = evaluator.Steps.Count;
        QueryBudget budget = evaluator.Context.Budget;
        long heldBefore = budget.Held;
        SeriesMatrix left = SeriesMatrix.From(evaluator.EvaluateVector(binary.Left), stepCount);
        SeriesMatrix right = SeriesMatrix.From(evaluator.EvaluateVector(binary.Right), stepCount);
        if (matching.FillLeft is not null || matching.FillRight is not null)
        {
            new MissingSides(matching, stepCount).Fill(left, right);
            budget.ReturnTo(heldBefore);
            budget.HoldRows(left);
            budget.HoldRows(right);
        }

        SeriesMatrix result = new VectorMatchEvaluator(binary, matching, left, right, evaluator.Context).Evaluate();
        budget.ReturnTo(heldBefore);
        budget.HoldRows(result);
        return result.ToStream();
    }
}
