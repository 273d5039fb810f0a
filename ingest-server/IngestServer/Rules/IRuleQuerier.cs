using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Rules;

/// <summary>Answers the expressions of rules and of their templates.</summary>
internal interface IRuleQuerier
{
    /// <summary>The result at a time, in milliseconds since the epoch.</summary>
    /// <exception cref="QueryException">The query fails.</exception>
    Task<QueryValue> QueryAsync(string expression, long timeMs, CancellationToken cancel);
}
