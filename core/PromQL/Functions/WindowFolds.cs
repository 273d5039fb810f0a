using System.Runtime.Intrinsics;

namespace AmpEdge.PromQL;

/// <summary>What <see cref="WindowLanes"/> computes.</summary>
internal static class WindowFolds
{
    /// <summary>A compensated sum; what rounding lost is the rest.</summary>
    public readonly struct Sum : IWindowFold
    {
        public static void Add(double value, ref double state, ref double rest) => KahanSum.Add(value, ref state, ref rest);

        public static void Add(Vector256<double> values, ref Vector256<double> state, ref Vector256<double> rest) =>
            KahanSum.AddFinite(values, ref state, ref rest);

        // The sum of nothing is a zero, to which a negative one is added.
        public static double Finish(double state, double rest, int count) => 0.0 + state + rest;
    }

    /// <summary>The mean: that sum divided in the end.</summary>
    public readonly struct Mean : IWindowFold
    {
        public static void Add(double value, ref double state, ref double rest) => KahanSum.Add(value, ref state, ref rest);

        public static void Add(Vector256<double> values, ref Vector256<double> state, ref Vector256<double> rest) =>
            KahanSum.AddFinite(values, ref state, ref rest);

        public static double Finish(double state, double rest, int count) => (state / count) + (rest / count);
    }

    /// <summary>The least value; one that is not finite, NaN among them, is for the exact way.</summary>
    public readonly struct Minimum : IWindowFold
    {
        public static void Add(double value, ref double state, ref double rest) =>
            state = value < state || double.IsNaN(state) ? value : state;

        public static void Add(Vector256<double> values, ref Vector256<double> state, ref Vector256<double> rest) =>
            state = Vector256.ConditionalSelect(
                Vector256.LessThan(values, state) | Vector256.IsNaN(state), values, state);

        public static double Finish(double state, double rest, int count) => state;
    }

    /// <inheritdoc cref="Minimum"/>
    public readonly struct Maximum : IWindowFold
    {
        public static void Add(double value, ref double state, ref double rest) =>
            state = value > state || double.IsNaN(state) ? value : state;

        public static void Add(Vector256<double> values, ref Vector256<double> state, ref Vector256<double> rest) =>
            state = Vector256.ConditionalSelect(
                Vector256.GreaterThan(values, state) | Vector256.IsNaN(state), values, state);

        public static double Finish(double state, double rest, int count) => state;
    }
}
