using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>A sample that an expression gives or should give.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its number.</param>
/// <param name="Histogram">Its native histogram in the notation of tests; empty for none.</param>
internal sealed record TestedSample(Labels Labels, double Value, string Histogram)
{
    /// <summary>All samples as one text.</summary>
    public static string Describe(List<TestedSample> samples) =>
        samples.Count == 0 ? "nil" : string.Join(", ", samples);

    public bool Matches(TestedSample other, bool fuzzy) =>
        Labels.Equals(other.Labels) && Histogram == other.Histogram && AreEqual(Value, other.Value, fuzzy);

    public override string ToString() =>
        $"{LabelsFormatter.FormatAsPairs(Labels)} {(Histogram.Length > 0 ? Histogram : ExponentForm(Value))}";

    /// <summary>The next number above or below counts as the same, if asked to; NaN never does.</summary>
    private static bool AreEqual(double left, double right, bool fuzzy) =>
        left == right
        || (fuzzy && (Math.BitDecrement(left) == right || Math.BitIncrement(left) == right));

    /// <summary>The shortest digits with an exponent, as Go's format E: <c>1.5E+00</c>.</summary>
    private static string ExponentForm(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        string shortest = value.ToString("E16", System.Globalization.CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 17; digits++)
        {
            string text = value.ToString($"E{digits}", System.Globalization.CultureInfo.InvariantCulture);
            if (double.Parse(text, System.Globalization.CultureInfo.InvariantCulture).Equals(value))
            {
                shortest = text;
                break;
            }
        }

        // .NET writes three digits of exponent, Go two.
        StringBuilder form = new(shortest);
        int exponent = shortest.IndexOf('E', StringComparison.Ordinal) + 2;
        if (form[exponent] == '0')
        {
            form.Remove(exponent, 1);
        }

        return form.ToString();
    }
}
