namespace AmpEdge.PromQL;

/// <summary>Functions that give a scalar, or make a vector of one: no series to go through, a column each.</summary>
internal static class ScalarFunctions
{
    private const double MsPerSecond = 1000.0;

    /// <summary>The evaluation time in seconds.</summary>
    public static NodeValue Time(FunctionCall call)
    {
        double[] values = new double[call.Steps.Count];
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = call.Steps.At(step) / MsPerSecond;
        }

        return new ScalarColumn(values);
    }

    public static NodeValue Pi(FunctionCall call) => Constant(call, Math.PI);

    /// <summary>The start of the whole query, inside a subquery too.</summary>
    public static NodeValue Start(FunctionCall call) => Constant(call, call.Context.Steps.StartMs / MsPerSecond);

    public static NodeValue End(FunctionCall call) => Constant(call, call.Context.Steps.EndMs / MsPerSecond);

    /// <summary>The step of a range query; 0 for an instant query.</summary>
    public static NodeValue Step(FunctionCall call) =>
        Constant(call, call.Context.Steps.IsInstant ? 0 : call.Context.Steps.StepMs / MsPerSecond);

    public static NodeValue Range(FunctionCall call) =>
        Constant(call, (call.Context.Steps.EndMs - call.Context.Steps.StartMs) / MsPerSecond);

    public static NodeValue MinOf(FunctionCall call) => Combine(call, GoMath.Min);

    public static NodeValue MaxOf(FunctionCall call) => Combine(call, GoMath.Max);

    /// <summary>The value of the only series of a vector; NaN where there is none, or more than one.</summary>
    public static NodeValue Scalar(FunctionCall call)
    {
        double[] values = new double[call.Steps.Count];
        values.AsSpan().Fill(Missing.Value);
        long heldBefore = call.Context.Budget.Held;
        SeriesStream vector = call.Vector(0);
        while (vector.MoveNext())
        {
            ReadOnlySpan<double> row = vector.Values;
            for (int step = 0; step < row.Length; step++)
            {
                if (!Missing.IsMissing(row[step]))
                {
                    values[step] = Missing.IsMissing(values[step]) ? row[step] : double.NaN;
                }
            }
        }

        call.Context.Budget.ReturnTo(heldBefore);
        foreach (ref double value in values.AsSpan())
        {
            value = Missing.IsMissing(value) ? double.NaN : value;
        }

        return new ScalarColumn(values);
    }

    /// <summary>A series without labels.</summary>
    public static NodeValue Vector(FunctionCall call)
    {
        SeriesMatrix result = new(call.Steps.Count);
        result.Add(Prometheus.Labels.Empty, dropName: false, call.Scalar(0).Values);
        return result.ToStream();
    }

    private static ScalarColumn Constant(FunctionCall call, double value) => ScalarColumn.Constant(value, call.Steps.Count);

    private static ScalarColumn Combine(FunctionCall call, Func<double, double, double> combine)
    {
        ScalarColumn result = call.Scalar(0);
        ReadOnlySpan<double> others = call.Scalar(1).Values;
        Span<double> values = result.Array;
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = combine(values[step], others[step]);
        }

        return result;
    }
}
