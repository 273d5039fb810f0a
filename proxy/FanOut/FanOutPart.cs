using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>A part of a query that every member computes for its own series.</summary>
/// <param name="Expression">In the names of the virtual workspace.</param>
/// <param name="Times">When it is evaluated: at the query's steps, or at those of the subquery that it stands in.</param>
internal sealed record FanOutPart(Expr Expression, StepRange Times);
