using System.Globalization;
using System.Text.RegularExpressions;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>A way in which newer versions of Prometheus, which ours follows, answer otherwise than 2.42.</summary>
/// <param name="Reason">What was changed.</param>
/// <param name="Explains">Whether that is why these two answers to a query differ.</param>
public sealed partial record VersionDifference(string Reason, Func<FuzzedQuery, QueryAnswer, QueryAnswer, bool> Explains)
{
    /// <summary>All that are known. What queries avoid instead is said at <see cref="FuzzedQueries"/> and <see cref="FuzzedData"/>.</summary>
    public static IReadOnlyList<VersionDifference> All { get; } =
    [
        new(
            "a text in parentheses was refused by mistake",
            static (_, theirs, ours) => ours.ResultType == "string" && Says(theirs, "StepInvariantExpr")),
        new(
            "a window fixed by @ moved with the steps where a parameter of the function varies with them (prometheus/prometheus#13559, 2.50)",
            static (query, _, ours) => query.IsRange && ours.IsSuccess && Has(query, "predict_linear", "quantile_over_time") && Has(query, "@")),
        new(
            "timestamp forgets the offset of a selector that has an @ too, in newer versions as well: a mistake that ours does not repeat",
            static (query, _, _) => Has(query, "timestamp(") && Has(query, "@") && Has(query, "offset")),
        new(
            "samples fixed by @ are taken at another time where a subquery with an offset begins when the subquery around it does, in newer versions as well: a mistake that ours does not repeat",
            static (query, _, _) => Has(query, "@") && Has(query, "offset") && HasTwoSubqueries().IsMatch(query.Expression)),
        new(
            "the parameter of an aggregation over samples fixed by @ is that of the first step for all, in newer versions as well: a mistake that ours does not repeat",
            static (query, _, ours) => query.IsRange && ours.IsSuccess && Has(query, "@") && HasVaryingParameter().IsMatch(query.Expression)),
        new(
            "a comparison that filters everything away hid that the match was ambiguous",
            static (query, _, ours) => Says(ours, "multiple matches for labels") && IsFilter().IsMatch(query.Expression)),
        new(
            "the deviation of an infinity or NaN by itself was 0",
            static (query, theirs, ours) => Has(query, "stddev", "stdvar") && ours.IsSuccess
                && AnswerComparison.DiffersOnlyWhere(query, theirs, ours, static (_, got) => got == "NaN")),
        new(
            "a sum of negative zeros was one, before sums were compensated",
            static (query, theirs, ours) => Has(query, "sum") && ours.IsSuccess
                && (AnswerComparison.DiffersOnlyWhere(query, theirs, ours, static (expected, got) => expected == "-0" && got == "0")
                    || string.Join(' ', theirs.Series.Keys).Contains("\"-0\"", StringComparison.Ordinal))),
        new(
            "which of a zero and a negative zero comes first is left to the order of series and to sorting",
            static (query, theirs, ours) => Has(query, "max", "min", "quantile") && ours.IsSuccess
                && AnswerComparison.DiffersOnlyWhere(query, theirs, ours, static (expected, got) => (expected, got) is ("0", "-0") or ("-0", "0"))),
        new(
            "a counter with a reset among two samples far from the window's start was stretched to its zero, farther than half a scrape interval (before 3.0)",
            static (query, theirs, ours) => Has(query, "rate(", "increase(") && ours.IsSuccess && DiffersInFewNumbers(query, theirs, ours)),
        new(
            "of several errors, which are met depends on the order of evaluation",
            static (query, theirs, ours) => IsBinary().IsMatch(query.Expression) && IsOfSeries(theirs) && IsOfSeries(ours)),
        new(
            "label_replace looked at its regular expression after its series, which may fail too",
            static (_, theirs, ours) => !theirs.IsSuccess && Says(ours, "invalid regular expression in label_replace")),
    ];

    /// <summary>The one that explains a difference, or null.</summary>
    public static VersionDifference? Of(FuzzedQuery query, QueryAnswer theirs, QueryAnswer ours)
    {
        foreach (VersionDifference known in All)
        {
            if (known.Explains(query, theirs, ours))
            {
                return known;
            }
        }

        return null;
    }

    private static bool Has(FuzzedQuery query, params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
        {
            if (query.Expression.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is rare by nature must not hide what would be wrong in many places.</summary>
    private static bool DiffersInFewNumbers(FuzzedQuery query, QueryAnswer theirs, QueryAnswer ours)
    {
        const int Few = 8;
        int different = 0;
        return AnswerComparison.DiffersOnlyWhere(
            query, theirs, ours, (expected, got) => IsNumber(expected) && IsNumber(got) && ++different <= Few);
    }

    /// <summary>The series of an operand do not go together.</summary>
    private static bool IsOfSeries(QueryAnswer answer) =>
        Says(answer, "same labelset") || Says(answer, "many-to-many matching") || Says(answer, "multiple matches for labels");

    private static bool IsNumber(string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number);

    private static bool Says(QueryAnswer answer, string part) => answer.Error.Contains(part, StringComparison.Ordinal);

    [GeneratedRegex(@"\b(quantile|topk|bottomk)( ?(by|without) ?\([^)]*\))? ?\( ?(?![-+0-9.])")]
    private static partial Regex HasVaryingParameter();

    [GeneratedRegex(@"\[[^]]+:[^]]*\].*\[[^]]+:[^]]*\]")]
    private static partial Regex HasTwoSubqueries();

    [GeneratedRegex(@"[}\])a-z] ([-+*/%^]|==|!=|<|>|<=|>=|and|or|unless) ")]
    private static partial Regex IsBinary();

    [GeneratedRegex("(==|!=|<|>|<=|>=) (?!bool)[^\"]")]
    private static partial Regex IsFilter();
}
