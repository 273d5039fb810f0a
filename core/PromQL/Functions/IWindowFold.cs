using System.Runtime.Intrinsics;

namespace AmpEdge.PromQL;

/// <summary>
/// A fold over the floats of a window, from its first one on: for one window, and for four at a time. Both give the same bits as
/// long as the result is finite.
/// </summary>
internal interface IWindowFold
{
    /// <summary>Takes in one value: the state begins as the first value and zero.</summary>
    static abstract void Add(double value, ref double state, ref double rest);

    /// <inheritdoc cref="Add(double, ref double, ref double)"/>
    static abstract void Add(Vector256<double> values, ref Vector256<double> state, ref Vector256<double> rest);

    /// <summary>The result over so many values.</summary>
    static abstract double Finish(double state, double rest, int count);
}
