using System.Globalization;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Compares two answers to one query.</summary>
public static class SeriesComparison
{
    private const int DifferencesShown = 10;

    /// <summary>Fails unless both have the same series, samples and, up to a relative difference, values; and at least one.</summary>
    public static void Equal(
        SortedDictionary<string, List<(double Seconds, string Value)>> expected,
        SortedDictionary<string, List<(double Seconds, string Value)>> got, double tolerance, string what)
    {
        Assert.True(expected.Count > 0, $"{what}: nothing is there to compare");
        List<string> differences = [];
        foreach ((string labels, List<(double Seconds, string Value)> samples) in expected)
        {
            if (!got.TryGetValue(labels, out List<(double Seconds, string Value)>? ours))
            {
                differences.Add($"missing {labels}");
            }
            else if (Difference(samples, ours, tolerance) is { } difference)
            {
                differences.Add($"{labels}: {difference}");
            }
        }

        foreach (string labels in got.Keys)
        {
            if (!expected.ContainsKey(labels))
            {
                differences.Add($"not in Prometheus: {labels}");
            }
        }

        Assert.True(
            differences.Count == 0,
            $"{what}: {differences.Count} series differ\n{string.Join('\n', differences.GetRange(0, Math.Min(differences.Count, DifferencesShown)))}");
    }

    private static string? Difference(
        List<(double Seconds, string Value)> expected, List<(double Seconds, string Value)> got, double tolerance)
    {
        for (int index = 0; index < Math.Max(expected.Count, got.Count); index++)
        {
            if (index >= expected.Count || index >= got.Count)
            {
                return $"{expected.Count} samples expected, {got.Count} there; the first from {(index < got.Count ? got[index] : expected[index])}";
            }

            if (expected[index].Seconds != got[index].Seconds || !Same(expected[index].Value, got[index].Value, tolerance))
            {
                return $"at {index}: expected {expected[index]}, got {got[index]}";
            }
        }

        return null;
    }

    private static bool Same(string expected, string got, double tolerance)
    {
        if (expected == got || tolerance == 0)
        {
            return expected == got;
        }

        double left = double.Parse(expected, CultureInfo.InvariantCulture);
        double right = double.Parse(got, CultureInfo.InvariantCulture);
        return Math.Abs(left - right) <= tolerance * Math.Max(Math.Abs(left), Math.Max(Math.Abs(right), tolerance));
    }
}
