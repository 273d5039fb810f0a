namespace AmpEdge.PromQL;

/// <summary>A scalar over all steps: one number per step, never missing.</summary>
internal sealed class ScalarColumn(double[] values) : NodeValue
{
    public ReadOnlySpan<double> Values => values;

    /// <summary>The column for the node that makes its value from it in place.</summary>
    public double[] Array => values;

    public static ScalarColumn Constant(double value, int stepCount)
    {
        double[] values = new double[stepCount];
        values.AsSpan().Fill(value);
        return new ScalarColumn(values);
    }
}
