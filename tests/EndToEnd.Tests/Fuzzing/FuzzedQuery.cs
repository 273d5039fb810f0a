using System.Globalization;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>A query for two servers; an instant one starts and ends at its time.</summary>
/// <param name="Expression">What is asked.</param>
/// <param name="Exactness">How equal the answers have to be.</param>
/// <param name="IsRange">Asked as <c>query_range</c>.</param>
/// <param name="StartMs">The first step, in milliseconds since the epoch.</param>
/// <param name="EndMs">The last time at which a step may be.</param>
/// <param name="StepMs">Between two steps.</param>
public sealed record FuzzedQuery(string Expression, Exactness Exactness, bool IsRange, long StartMs, long EndMs, long StepMs)
{
    public override string ToString() => IsRange
        ? string.Create(CultureInfo.InvariantCulture, $"query_range start={StartMs}ms end={EndMs}ms step={StepMs}ms {Exactness}: {Expression}")
        : string.Create(CultureInfo.InvariantCulture, $"query time={StartMs}ms {Exactness}: {Expression}");
}
