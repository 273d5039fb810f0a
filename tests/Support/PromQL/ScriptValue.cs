using System.Globalization;
using AmpEdge.Prometheus;

namespace AmpEdge.Tests.Support;

/// <summary>One value of a series in a script: a number, a native histogram, or nothing at that step.</summary>
/// <param name="IsNothing">There is no value here.</param>
/// <param name="Number">The number, where there is no histogram.</param>
/// <param name="Histogram">The histogram, if it is one.</param>
/// <param name="HasHint">The histogram's counter reset hint was written, so it is compared.</param>
public readonly record struct ScriptValue(bool IsNothing, double Number, FloatHistogram? Histogram, bool HasHint = false)
{
    public static ScriptValue Nothing => new(true, 0, null);

    public static ScriptValue Of(double number) => new(false, number, null);

    public static ScriptValue Of(FloatHistogram histogram) => new(false, 0, histogram);

    /// <summary>Equal as the scripts mean it, this being what is expected.</summary>
    public bool Matches(ScriptValue got) => (Histogram, got.Histogram) switch
    {
        (null, null) => ScriptComparison.NearlyEqual(Number, got.Number),
        ({ } expected, { } actual) => HistogramComparison.NearlyEqual(expected, actual, HasHint),
        _ => false,
    };

    public override string ToString() =>
        Histogram is null ? Number.ToString("R", CultureInfo.InvariantCulture) : HistogramComparison.Show(Histogram);
}
