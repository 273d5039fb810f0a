using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.FanOut;

/// <summary>What the matchers of a selector mean for one member.</summary>
internal static class MemberSelection
{
    // Nothing meets both, and neither alone selects everything, so every Prometheus takes them.
    private static readonly Matcher[] s_nothing =
    [
        new Matcher(MatcherType.NotEqual, LabelNames.MetricName, ""),
        new Matcher(MatcherType.Equal, LabelNames.MetricName, ""),
    ];

    private static readonly Matcher s_everything = new(MatcherType.NotEqual, LabelNames.MetricName, "");

    /// <summary>Matchers that no series meets.</summary>
    public static IReadOnlyList<Matcher> Nothing => s_nothing;

    /// <summary>Whether the matchers of the workspace label let a member's series through.</summary>
    public static bool Selects(IReadOnlyList<Matcher> matchers, WorkspaceLabel label, string member)
    {
        byte[] utf8Member = Encoding.UTF8.GetBytes(member);
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Name == label.Name && !matcher.Matches(utf8Member))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The matchers as a member understands them: without those of the workspace label, names as it has them.</summary>
    public static IReadOnlyList<Matcher> AtMember(IReadOnlyList<Matcher> matchers, WorkspaceLabel label)
    {
        List<Matcher> kept = [];
        bool selectsSomething = false;
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Name != label.Name)
            {
                Matcher renamed = label.IsReserved(matcher.Name)
                    ? new Matcher(matcher.Type, label.AtMember(matcher.Name), matcher.Value)
                    : matcher;
                kept.Add(renamed);
                selectsSomething |= !renamed.MatchesEmpty;
            }
        }

        // What only the workspace label kept from selecting everything would be refused.
        if (!selectsSomething)
        {
            kept.Add(s_everything);
        }

        return kept;
    }

    /// <summary>The matchers as a selector: <c>{__name__="up",job="node"}</c>.</summary>
    public static string Text(IReadOnlyList<Matcher> matchers) => $"{{{string.Join(',', matchers)}}}";
}
