using System.Globalization;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>Whether two servers say the same.</summary>
public static class AnswerComparison
{
    private const double RelativeTolerance = 1e-12;

    /// <summary>For differences of large numbers that are rounded.</summary>
    private const double AbsoluteTolerance = 1e-9;

    private const int LinesShown = 6;

    /// <summary>What differs, or null.</summary>
    public static string? Difference(FuzzedQuery query, QueryAnswer theirs, QueryAnswer ours)
    {
        if (theirs.Status != ours.Status || theirs.ErrorType != ours.ErrorType)
        {
            return $"Prometheus says {theirs}\nours says {ours}";
        }

        if (!theirs.IsSuccess)
        {
            return Stable(theirs) == Stable(ours) ? null : $"Prometheus says {theirs.Error}\nours says {ours.Error}";
        }

        if (theirs.ResultType != ours.ResultType)
        {
            return $"Prometheus gives a {theirs.ResultType}, ours a {ours.ResultType}";
        }

        string? difference = SeriesDifference(query, theirs, ours);
        bool isOrdered = !query.IsRange && query.Expression.StartsWith("sort", StringComparison.Ordinal);
        return difference ?? (isOrdered ? OrderDifference(theirs, ours) : null);
    }

    /// <summary>Whether both give the same series and steps, and all values that differ do so in a known way.</summary>
    public static bool DiffersOnlyWhere(
        FuzzedQuery query, QueryAnswer theirs, QueryAnswer ours, Func<string, string, bool> isKnown)
    {
        foreach ((string labels, List<(string Time, string Value)> expected) in theirs.Series)
        {
            if (!ours.Series.TryGetValue(labels, out List<(string Time, string Value)>? got) || got.Count != expected.Count)
            {
                return false;
            }

            for (int index = 0; index < got.Count; index++)
            {
                bool isSame = Same(query, expected[index].Value, got[index].Value);
                if (got[index].Time != expected[index].Time || !(isSame || isKnown(expected[index].Value, got[index].Value)))
                {
                    return false;
                }
            }
        }

        return theirs.Series.Count == ours.Series.Count;
    }

    /// <summary>
    /// The part of an error's text that does not depend on the order in which series come or on the version: of the
    /// evaluation's errors what stands before the labels, of the parser's nothing.
    /// </summary>
    private static string Stable(QueryAnswer answer)
    {
        if (answer.ErrorType == "bad_data")
        {
            return "";
        }

        int labels = answer.Error.IndexOf('{', StringComparison.Ordinal);
        return labels < 0 ? answer.Error : answer.Error[..labels];
    }

    private static string? SeriesDifference(FuzzedQuery query, QueryAnswer theirs, QueryAnswer ours)
    {
        List<string> lines = [];
        foreach ((string labels, List<(string Time, string Value)> expected) in theirs.Series)
        {
            if (!ours.Series.TryGetValue(labels, out List<(string Time, string Value)>? got))
            {
                lines.Add($"missing: {labels} {Shown(expected)}");
            }
            else if (SampleDifference(query, expected, got) is { } difference)
            {
                lines.Add($"{labels}: {difference}");
            }
        }

        foreach ((string labels, List<(string Time, string Value)> samples) in ours.Series)
        {
            if (!theirs.Series.ContainsKey(labels))
            {
                lines.Add($"not in Prometheus: {labels} {Shown(samples)}");
            }
        }

        return lines.Count == 0
            ? null
            : $"{lines.Count} of {theirs.Series.Count} series differ\n{string.Join('\n', lines.GetRange(0, Math.Min(LinesShown, lines.Count)))}";
    }

    private static string? SampleDifference(
        FuzzedQuery query, List<(string Time, string Value)> expected, List<(string Time, string Value)> got)
    {
        for (int index = 0; index < Math.Min(expected.Count, got.Count); index++)
        {
            if (expected[index].Time != got[index].Time || !Same(query, expected[index].Value, got[index].Value))
            {
                return $"sample {index} of {expected.Count}: expected {expected[index]}, got {got[index]}";
            }
        }

        return expected.Count == got.Count ? null : $"expected {Shown(expected)}, got {Shown(got)}";
    }

    /// <summary>Equal values are not told apart by their labels.</summary>
    private static string? OrderDifference(QueryAnswer theirs, QueryAnswer ours)
    {
        StringBuilder expected = new();
        StringBuilder got = new();
        for (int index = 0; index < theirs.Order.Count; index++)
        {
            expected.Append(theirs.Series[theirs.Order[index]][0].Value).Append(' ');
            got.Append(theirs.Series[ours.Order[index]][0].Value).Append(' ');
        }

        return expected.Equals(got) ? null : $"order expected {expected}\norder got {got}";
    }

    private static bool Same(FuzzedQuery query, string expected, string got)
    {
        if (expected == got || query.Exactness != Exactness.Rounded)
        {
            return expected == got;
        }

        return double.TryParse(expected, CultureInfo.InvariantCulture, out double left)
            && double.TryParse(got, CultureInfo.InvariantCulture, out double right)
            && Math.Abs(left - right) <= (RelativeTolerance * Math.Max(Math.Abs(left), Math.Abs(right))) + AbsoluteTolerance;
    }

    private static string Shown(List<(string Time, string Value)> samples) => samples.Count == 0
        ? "without samples"
        : string.Create(CultureInfo.InvariantCulture, $"{samples.Count} samples from {samples[0]} to {samples[^1]}");
}
