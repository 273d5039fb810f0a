namespace AmpEdge.IngestServer.Query;

/// <summary>Why an API call failed: Prometheus's <c>errorType</c>, which decides the status code.</summary>
internal enum ApiErrorKind
{
    BadData,
    Execution,
    Canceled,
    Timeout,
    Internal,
    NotFound,
    Unavailable,
}
