namespace AmpEdge.PromQL;

/// <summary>Functions of one number that are put on every sample of a vector.</summary>
internal static class MathFunctions
{
    public static NodeValue Abs(FunctionCall call) => call.Map(Math.Abs);

    public static NodeValue Ceil(FunctionCall call) => call.Map(Math.Ceiling);

    public static NodeValue Floor(FunctionCall call) => call.Map(Math.Floor);

    public static NodeValue Exp(FunctionCall call) => call.Map(Math.Exp);

    public static NodeValue Sqrt(FunctionCall call) => call.Map(Math.Sqrt);

    public static NodeValue Ln(FunctionCall call) => call.Map(Math.Log);

    public static NodeValue Log2(FunctionCall call) => call.Map(Math.Log2);

    public static NodeValue Log10(FunctionCall call) => call.Map(Math.Log10);

    public static NodeValue Sin(FunctionCall call) => call.Map(Math.Sin);

    public static NodeValue Cos(FunctionCall call) => call.Map(Math.Cos);

    public static NodeValue Tan(FunctionCall call) => call.Map(Math.Tan);

    public static NodeValue Asin(FunctionCall call) => call.Map(Math.Asin);

    public static NodeValue Acos(FunctionCall call) => call.Map(Math.Acos);

    public static NodeValue Atan(FunctionCall call) => call.Map(Math.Atan);

    public static NodeValue Sinh(FunctionCall call) => call.Map(Math.Sinh);

    public static NodeValue Cosh(FunctionCall call) => call.Map(Math.Cosh);

    public static NodeValue Tanh(FunctionCall call) => call.Map(Math.Tanh);

    public static NodeValue Asinh(FunctionCall call) => call.Map(Math.Asinh);

    public static NodeValue Acosh(FunctionCall call) => call.Map(Math.Acosh);

    public static NodeValue Atanh(FunctionCall call) => call.Map(Math.Atanh);

    // Multiplied first, as Prometheus does: one factor for both would round otherwise.
    public static NodeValue Rad(FunctionCall call) => call.Map(static value => value * Math.PI / 180);

    public static NodeValue Deg(FunctionCall call) => call.Map(static value => value * 180 / Math.PI);

    /// <summary>-1, 0 or 1; NaN stays NaN.</summary>
    public static NodeValue Sgn(FunctionCall call) =>
        call.Map(static value => value < 0 ? -1 : value > 0 ? 1 : value);

    /// <summary>To the nearest multiple of the second argument, 1 without it; ties go up.</summary>
    public static NodeValue Round(FunctionCall call)
    {
        ScalarColumn? nearest = call.ArgumentCount > 1 ? call.Scalar(1) : null;
        return call.WithoutName(new StepwiseStream(call.Vector(0), (step, value) =>
        {
            // Dividing by the inverse keeps multiples of 0.1 as exact as they can be.
            double inverse = 1 / (nearest is null ? 1 : nearest.Values[step]);
            return Math.Floor((value * inverse) + 0.5) / inverse;
        }));
    }

    /// <summary>Between two bounds; nothing at steps where the lower bound is above the upper one.</summary>
    public static NodeValue Clamp(FunctionCall call)
    {
        ScalarColumn lower = call.Scalar(1);
        ScalarColumn upper = call.Scalar(2);
        return call.WithoutName(new StepwiseStream(call.Vector(0), (step, value) =>
            upper.Values[step] < lower.Values[step]
                ? Missing.Value
                : GoMath.Max(lower.Values[step], GoMath.Min(upper.Values[step], value))));
    }

    public static NodeValue ClampMin(FunctionCall call)
    {
        ScalarColumn lower = call.Scalar(1);
        return call.WithoutName(new StepwiseStream(
            call.Vector(0), (step, value) => GoMath.Max(lower.Values[step], value)));
    }

    public static NodeValue ClampMax(FunctionCall call)
    {
        ScalarColumn upper = call.Scalar(1);
        return call.WithoutName(new StepwiseStream(
            call.Vector(0), (step, value) => GoMath.Min(upper.Values[step], value)));
    }
}
