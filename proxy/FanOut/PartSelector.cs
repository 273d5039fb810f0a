using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>The selector that stands for the results of a part: <c>{__part__=~"3"}</c>.</summary>
internal static class PartSelector
{
    private const string LabelName = "__part__";

    /// <summary>
    /// The selector of a part. <paramref name="told"/> are matchers of the selector that it replaces: they select
    /// nothing here, <c>absent</c> reads its labels off them.
    /// </summary>
    public static VectorSelector For(int part, IReadOnlyList<Matcher> told)
    {
        List<Matcher> matchers = [];
        foreach (Matcher matcher in told)
        {
            if (matcher.Name is not (LabelNames.MetricName or LabelName))
            {
                matchers.Add(matcher);
            }
        }

        // A regex, since absent would take an equality for one of its labels.
        matchers.Add(new Matcher(MatcherType.Regex, LabelName, part.ToString(CultureInfo.InvariantCulture)));
        return new VectorSelector { Name = "", Matchers = matchers };
    }

    /// <summary>The part that matchers stand for; null when they were not made by <see cref="For"/>.</summary>
    public static int? PartOf(IReadOnlyList<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Name == LabelName && matcher.Type == MatcherType.Regex
                && int.TryParse(matcher.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int part))
            {
                return part;
            }
        }

        return null;
    }
}
