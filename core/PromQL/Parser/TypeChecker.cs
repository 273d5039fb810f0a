using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Checks that every operator, aggregation and function gets what it can take, and settles what the syntax leaves
/// open: which binary operations match series, and how set operators do.
/// </summary>
internal sealed class TypeChecker(TokenReader tokens)
{
    /// <summary>Reports what is wrong below and at the node; its type.</summary>
    /// <remarks>
    /// Chains of operators and of subqueries lean to the left and may be longer than the stack is deep, so they are
    /// checked from their deepest node upwards; the rest recurses, as deep as the parser lets it nest.
    /// </remarks>
    public ExprType Check(Expr expr)
    {
        Stack<Expr> chain = [];
        while (LeftOf(expr) is { } left)
        {
            chain.Push(expr);
            expr = left;
        }

        ExprType type = CheckOther(expr);
        while (chain.TryPop(out Expr? node))
        {
            type = node is BinaryExpr binary ? CheckBinary(binary, type) : CheckSubquery(node, type);
        }

        return type;
    }

    private static Expr? LeftOf(Expr expr) => expr switch
    {
        BinaryExpr binary => binary.Left,
        SubqueryExpr subquery => subquery.Inner,
        _ => null,
    };

    private ExprType CheckOther(Expr expr)
    {
        switch (expr)
        {
            case AggregateExpr aggregate:
                CheckAggregate(aggregate);
                break;
            case Call call:
                CheckCall(call);
                break;
            case ParenExpr paren:
                Check(paren.Inner);
                break;
            case UnaryExpr unary:
                if (Check(unary.Operand) is var type and not (ExprType.Scalar or ExprType.Vector))
                {
                    tokens.AddError(
                        unary.Position,
                        "unary expression only allowed on expressions of type scalar or instant vector, "
                        + $"got {GoQuote.Quote(ExprTypeNames.Documented(type))}");
                }

                break;
            case MatrixSelector matrix:
                CheckSelector(matrix.Selector);
                break;
            case VectorSelector selector:
                CheckSelector(selector);
                break;
            default:
                break;
        }

        return expr.Type;
    }

    private ExprType CheckSubquery(Expr subquery, ExprType inner)
    {
        if (inner != ExprType.Vector)
        {
            tokens.AddError(
                subquery.Position,
                $"subquery is only allowed on instant vector, got {ExprTypeNames.Api(inner)} instead");
        }

        return ExprType.Matrix;
    }

    private void CheckAggregate(AggregateExpr aggregate)
    {
        Expect(aggregate.Inner, ExprType.Vector, "aggregation expression");
        if (aggregate.Parameter is { } parameter)
        {
            bool takesText = aggregate.Operator == AggregateOperator.CountValues;
            Expect(parameter, takesText ? ExprType.String : ExprType.Scalar, "aggregation parameter");
        }
    }

    private void Expect(Expr expr, ExprType wanted, string context)
    {
        ExprType type = Check(expr);
        if (type != wanted)
        {
            tokens.AddError(expr.Position, Mismatch(wanted, context, type));
        }
    }

    private static string Mismatch(ExprType wanted, string context, ExprType got) =>
        $"expected type {ExprTypeNames.Documented(wanted)} in {context}, got {ExprTypeNames.Documented(got)}";

    private ExprType CheckBinary(BinaryExpr binary, ExprType left)
    {
        ExprType right = Check(binary.Right);
        bool scalars = left == ExprType.Scalar && right == ExprType.Scalar;
        binary.CheckedType = scalars ? ExprType.Scalar : ExprType.Vector;
        if (binary.ReturnBool && !binary.Operator.IsComparison())
        {
            tokens.AddError(OperatorRange(binary), "bool modifier can only be used on comparison operators");
        }

        if (binary.Operator.IsComparison() && !binary.ReturnBool && scalars)
        {
            tokens.AddError(OperatorRange(binary), "comparisons between scalars must use BOOL modifier");
        }

        CheckGroupLabels(binary);
        CheckOperand(binary.Left, left);
        CheckOperand(binary.Right, right);
        CheckMatching(binary, left, right);
        bool hasScalar = left == ExprType.Scalar || right == ExprType.Scalar;
        if (hasScalar && binary.Operator.IsSetOperator())
        {
            tokens.AddError(
                binary.Position,
                $"set operator {GoQuote.Quote(binary.Operator.Symbol())} not allowed in binary scalar expression");
        }

        return binary.Type;
    }

    private void CheckGroupLabels(BinaryExpr binary)
    {
        if (binary.Matching is not { On: true } matching)
        {
            return;
        }

        foreach (string label in matching.Labels)
        {
            foreach (string included in matching.Include)
            {
                if (label == included)
                {
                    tokens.AddError(
                        OperatorRange(binary),
                        $"label {GoQuote.Quote(label)} must not occur in ON and GROUP clause at once");
                }
            }
        }
    }

    private void CheckOperand(Expr operand, ExprType type)
    {
        if (type is not (ExprType.Scalar or ExprType.Vector))
        {
            tokens.AddError(
                operand.Position, "binary expression must contain only scalar and instant vector types");
        }
    }

    private void CheckMatching(BinaryExpr binary, ExprType left, ExprType right)
    {
        VectorMatching matching = binary.Matching ?? VectorMatching.OneToOne;
        bool fills = matching.FillLeft is not null || matching.FillRight is not null;
        if (left != ExprType.Vector || right != ExprType.Vector)
        {
            if (matching.Labels.Count > 0)
            {
                tokens.AddError(binary.Position, "vector matching only allowed between instant vectors");
            }

            if (fills)
            {
                tokens.AddError(
                    binary.Position, "filling in missing series only allowed between instant vectors");
            }

            binary.Matching = null;
            return;
        }

        if (!binary.Operator.IsSetOperator())
        {
            return;
        }

        if (matching.Cardinality == MatchCardinality.OneToOne)
        {
            binary.Matching = matching with { Cardinality = MatchCardinality.ManyToMany };
        }
        else
        {
            string symbol = GoQuote.Quote(binary.Operator.Symbol());
            tokens.AddError(binary.Position, $"no grouping allowed for {symbol} operation");
            tokens.AddError(binary.Position, "set operations must always be many-to-many");
        }

        if (fills)
        {
            tokens.AddError(binary.Position, "filling in missing series not allowed for set operators");
        }
    }

    private void CheckCall(Call call)
    {
        FunctionSignature function = call.Function;
        CheckArgumentCount(call);
        if (function.Name == "info" && call.Arguments.Count > 1)
        {
            CheckLabelSelector(call, call.Arguments[1]);
        }

        for (int index = 0; index < call.Arguments.Count; index++)
        {
            // Beyond the last argument of a function without optional ones, the number is the only error.
            if (index >= function.ArgumentTypes.Count && function.Variadic == 0)
            {
                break;
            }

            Expect(
                call.Arguments[index],
                function.ArgumentType(index),
                $"call to function {GoQuote.Quote(function.Name)}");
        }
    }

    private void CheckArgumentCount(Call call)
    {
        FunctionSignature function = call.Function;
        int count = call.Arguments.Count;
        string? bound = null;
        if (function.Variadic == 0 && count != function.MinArguments)
        {
            bound = Number(function.MinArguments);
        }
        else if (count < function.MinArguments)
        {
            bound = "at least " + Number(function.MinArguments);
        }
        else if (function.MaxArguments is { } max && count > max)
        {
            bound = "at most " + Number(max);
        }

        if (bound is not null)
        {
            tokens.AddError(
                call.Position,
                $"expected {bound} argument(s) in call to {GoQuote.Quote(function.Name)}, got {Number(count)}");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private void CheckLabelSelector(Call call, Expr argument)
    {
        if (argument.Type != ExprType.Vector)
        {
            string context = $"call to function {GoQuote.Quote(call.Function.Name)}";
            tokens.AddError(call.Position, Mismatch(ExprType.Vector, context, argument.Type));
        }

        if (argument is not VectorSelector selector)
        {
            tokens.AddError(argument.Position, "expected label selectors only");
        }
        else if (selector.Name.Length > 0)
        {
            tokens.AddError(argument.Position, "expected label selectors only, got vector selector instead");
        }
        else
        {
            selector.IsLabelSelector = true;
        }
    }

    private void CheckSelector(VectorSelector selector)
    {
        if (selector.Name.Length > 0)
        {
            CheckNameOnce(selector);
            return;
        }

        if (selector.IsLabelSelector)
        {
            return;
        }

        foreach (Matcher matcher in selector.Matchers)
        {
            if (!matcher.MatchesEmpty)
            {
                return;
            }
        }

        // Else a slip of the pen selects every series there is.
        tokens.AddError(selector.Position, "vector selector must contain at least one non-empty matcher");
    }

    // The last matcher is the one that the bare name stands for.
    private void CheckNameOnce(VectorSelector selector)
    {
        for (int index = 0; index < selector.Matchers.Count - 1; index++)
        {
            Matcher matcher = selector.Matchers[index];
            if (matcher.Name == LabelNames.MetricName)
            {
                tokens.AddError(
                    selector.Position,
                    $"metric name must not be set twice: {GoQuote.Quote(selector.Name)} "
                    + $"or {GoQuote.Quote(matcher.Value)}");
            }
        }
    }

    // The operator with its modifiers; like Prometheus's, the end is the last byte, not the one behind it.
    private PositionRange OperatorRange(BinaryExpr binary)
    {
        ReadOnlySpan<byte> input = tokens.Input;
        int start = binary.Left.Position.End;
        while (start < input.Length && CharacterClass.IsSpace(input[start]))
        {
            start++;
        }

        int end = binary.Right.Position.Start - 1;
        while (end > start && CharacterClass.IsSpace(input[end]))
        {
            end--;
        }

        return new PositionRange(start, end);
    }
}
