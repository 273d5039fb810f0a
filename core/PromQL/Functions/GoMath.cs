namespace AmpEdge.PromQL;

/// <summary>Where .NET's mathematics and Go's give different answers, Go's: they are what Prometheus shows.</summary>
internal static class GoMath
{
    /// <summary>An infinity wins over NaN.</summary>
    public static double Max(double left, double right) =>
        double.IsPositiveInfinity(left) || double.IsPositiveInfinity(right)
            ? double.PositiveInfinity
            : Math.Max(left, right);

    /// <inheritdoc cref="Max"/>
    public static double Min(double left, double right) =>
        double.IsNegativeInfinity(left) || double.IsNegativeInfinity(right)
            ? double.NegativeInfinity
            : Math.Min(left, right);
}
