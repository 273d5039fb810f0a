using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>How a query over several members is answered.</summary>
/// <param name="Parts">What members are asked.</param>
/// <param name="LocalQuery">
/// The rest, over the members' results, which stand in it as selectors (<see cref="PartSelector"/>); null when the
/// one part is the whole query and its results need only be put together.
/// </param>
internal sealed record FanOutPlan(IReadOnlyList<FanOutPart> Parts, string? LocalQuery);
