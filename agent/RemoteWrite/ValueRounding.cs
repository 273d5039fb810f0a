using System.Globalization;
using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Rounds values to <c>significant_figures</c>, then to <c>round_digits</c>, before they are queued for a destination. NaN,
/// staleness markers among them, and the infinities stay as they are, bit for bit, and so do histograms and exemplars.
/// </summary>
internal sealed class ValueRounding
{
    /// <summary>With 17 every double is what it was.</summary>
    public const int MaxFigures = 16;

    /// <summary>What <see cref="Math.Round(double, int)"/> takes.</summary>
    public const int MaxDigits = 15;

    private const int MaxTextBytes = 32;

    private readonly string? _figures;
    private readonly int _digits;

    /// <param name="significantFigures">Zero for all.</param>
    /// <param name="roundDigits">Null for all.</param>
    public ValueRounding(int significantFigures, int? roundDigits)
    {
        _figures = significantFigures > 0
            ? string.Create(CultureInfo.InvariantCulture, $"E{significantFigures - 1}")
            : null;
        _digits = roundDigits ?? -1;
    }

    /// <summary>The value to send for an entry of a kind.</summary>
    public double Of(SampleKind kind, double value)
    {
        if ((_figures is null && _digits < 0) || kind != SampleKind.Sample || !double.IsFinite(value))
        {
            return value;
        }

        double rounded = _figures is null ? value : ToFigures(value, _figures);
        return _digits < 0 ? rounded : Math.Round(rounded, _digits, MidpointRounding.AwayFromZero);
    }

    /// <summary>By way of the decimal text, so that the result is the double that is nearest to what a person would write.</summary>
    private static double ToFigures(double value, string format)
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        return value.TryFormat(text, out int written, format, CultureInfo.InvariantCulture)
            && double.TryParse(text[..written], NumberStyles.Float, CultureInfo.InvariantCulture, out double rounded)
            && double.IsFinite(rounded)
                ? rounded
                : value;
    }
}
