namespace AmpEdge.PromQL;

/// <summary>A query failed. The message is the text that Prometheus's API gives.</summary>
public sealed class QueryException(QueryErrorKind kind, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The class of the failure, which decides the API's <c>errorType</c> and status.</summary>
    public QueryErrorKind Kind { get; } = kind;
}
