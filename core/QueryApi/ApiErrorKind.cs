namespace AmpEdge.QueryApi;

/// <summary>Why an API call failed: Prometheus's <c>errorType</c>, which decides the status code.</summary>
public enum ApiErrorKind
{
    BadData,
    Execution,
    Canceled,
    Timeout,
    Internal,
    NotFound,
    Unavailable,
}
