using System.Diagnostics;

namespace AmpEdge.PromQL;

/// <summary>The operators that compute or compare, as operations on columns.</summary>
internal static class BinaryOperation
{
    /// <summary>Computes an arithmetic operator.</summary>
    public static void Compute(
        BinaryOperator operation, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result)
    {
        switch (operation)
        {
            case BinaryOperator.Add:
                BinaryKernels.Arithmetic<Add>(left, right, result);
                break;
            case BinaryOperator.Subtract:
                BinaryKernels.Arithmetic<Subtract>(left, right, result);
                break;
            case BinaryOperator.Multiply:
                BinaryKernels.Arithmetic<Multiply>(left, right, result);
                break;
            case BinaryOperator.Divide:
                BinaryKernels.Arithmetic<Divide>(left, right, result);
                break;
            case BinaryOperator.Modulo:
                BinaryKernels.Arithmetic<Modulo>(left, right, result);
                break;
            case BinaryOperator.Power:
                BinaryKernels.Arithmetic<Power>(left, right, result);
                break;
            case BinaryOperator.Atan2:
                BinaryKernels.Arithmetic<Atan2>(left, right, result);
                break;
            default:
                throw new UnreachableException($"{operation} does not compute");
        }
    }

    /// <summary>Computes a comparison with <c>bool</c>: 1 or 0.</summary>
    public static void Compare(
        BinaryOperator operation, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> result)
    {
        switch (operation)
        {
            case BinaryOperator.Equal:
                BinaryKernels.Compare<Equal>(left, right, result);
                break;
            case BinaryOperator.NotEqual:
                BinaryKernels.Compare<NotEqual>(left, right, result);
                break;
            case BinaryOperator.Greater:
                BinaryKernels.Compare<Greater>(left, right, result);
                break;
            case BinaryOperator.Less:
                BinaryKernels.Compare<Less>(left, right, result);
                break;
            case BinaryOperator.GreaterOrEqual:
                BinaryKernels.Compare<GreaterOrEqual>(left, right, result);
                break;
            case BinaryOperator.LessOrEqual:
                BinaryKernels.Compare<LessOrEqual>(left, right, result);
                break;
            default:
                throw new UnreachableException($"{operation} does not compare");
        }
    }

    /// <summary>Keeps the values of one side where a comparison holds.</summary>
    public static void Filter(
        BinaryOperator operation,
        ReadOnlySpan<double> left,
        ReadOnlySpan<double> right,
        ReadOnlySpan<double> kept,
        Span<double> result)
    {
        switch (operation)
        {
            case BinaryOperator.Equal:
                BinaryKernels.Filter<Equal>(left, right, kept, result);
                break;
            case BinaryOperator.NotEqual:
                BinaryKernels.Filter<NotEqual>(left, right, kept, result);
                break;
            case BinaryOperator.Greater:
                BinaryKernels.Filter<Greater>(left, right, kept, result);
                break;
            case BinaryOperator.Less:
                BinaryKernels.Filter<Less>(left, right, kept, result);
                break;
            case BinaryOperator.GreaterOrEqual:
                BinaryKernels.Filter<GreaterOrEqual>(left, right, kept, result);
                break;
            case BinaryOperator.LessOrEqual:
                BinaryKernels.Filter<LessOrEqual>(left, right, kept, result);
                break;
            default:
                throw new UnreachableException($"{operation} does not compare");
        }
    }

    private readonly struct Add : IArithmeticOperation
    {
        public static double Apply(double left, double right) => left + right;
    }

    private readonly struct Subtract : IArithmeticOperation
    {
        public static double Apply(double left, double right) => left - right;
    }

    private readonly struct Multiply : IArithmeticOperation
    {
        public static double Apply(double left, double right) => left * right;
    }

    private readonly struct Divide : IArithmeticOperation
    {
        public static double Apply(double left, double right) => left / right;
    }

    private readonly struct Modulo : IArithmeticOperation
    {
        public static double Apply(double left, double right) => left % right;
    }

    private readonly struct Power : IArithmeticOperation
    {
        public static double Apply(double left, double right) => Math.Pow(left, right);
    }

    private readonly struct Atan2 : IArithmeticOperation
    {
        public static double Apply(double left, double right) => Math.Atan2(left, right);
    }

    private readonly struct Equal : IComparisonOperation
    {
        public static bool Holds(double left, double right) => left == right;
    }

    private readonly struct NotEqual : IComparisonOperation
    {
        public static bool Holds(double left, double right) => left != right;
    }

    private readonly struct Greater : IComparisonOperation
    {
        public static bool Holds(double left, double right) => left > right;
    }

    private readonly struct Less : IComparisonOperation
    {
        public static bool Holds(double left, double right) => left < right;
    }

    private readonly struct GreaterOrEqual : IComparisonOperation
    {
        public static bool Holds(double left, double right) => left >= right;
    }

    private readonly struct LessOrEqual : IComparisonOperation
    {
        public static bool Holds(double left, double right) => left <= right;
    }
}
