namespace AmpEdge.PromQL;

/// <summary>The value of a query, with what the engine has to say about it.</summary>
/// <param name="Value">A scalar, string, vector or matrix.</param>
/// <param name="Annotations">Warnings and infos, each text once.</param>
/// <param name="Statistics">What the evaluation took.</param>
public sealed record QueryResult(QueryValue Value, Annotations Annotations, QueryStatistics Statistics);
