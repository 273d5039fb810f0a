using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary>A failed API call: its kind and the text that the caller reads.</summary>
public sealed record ApiError(ApiErrorKind Kind, string Message)
{
    /// <summary>The status of a client that went away: nobody reads it, logs and metrics do.</summary>
    public const int StatusClientClosedRequest = 499;

    /// <summary>Prometheus's name of <see cref="Kind"/>.</summary>
    public string Type => Kind switch
    {
        ApiErrorKind.BadData => "bad_data",
        ApiErrorKind.Execution => "execution",
        ApiErrorKind.Canceled => "canceled",
        ApiErrorKind.Timeout => "timeout",
        ApiErrorKind.NotFound => "not_found",
        ApiErrorKind.Unavailable => "unavailable",
        _ => "internal",
    };

    public int Status => Kind switch
    {
        ApiErrorKind.BadData => StatusCodes.Status400BadRequest,
        ApiErrorKind.Execution => StatusCodes.Status422UnprocessableEntity,
        ApiErrorKind.Canceled => StatusClientClosedRequest,
        ApiErrorKind.Timeout or ApiErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ApiErrorKind.NotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status500InternalServerError,
    };

    public static ApiError BadData(string message) => new(ApiErrorKind.BadData, message);

    /// <summary>A parameter that cannot be taken, in Prometheus's words.</summary>
    public static ApiError InvalidParameter(string name, string problem) =>
        new(ApiErrorKind.BadData, $"invalid parameter {LabelsFormatter.Quote(name)}: {problem}");

    /// <summary>A query that failed. What the engine calls bad is always the expression.</summary>
    public static ApiError Of(QueryException failed) => failed.Kind == QueryErrorKind.BadData
        ? InvalidParameter("query", failed.Message)
        : new ApiError(KindOf(failed.Kind), failed.Message);

    private static ApiErrorKind KindOf(QueryErrorKind kind) => kind switch
    {
        QueryErrorKind.Execution => ApiErrorKind.Execution,
        QueryErrorKind.Timeout => ApiErrorKind.Timeout,
        QueryErrorKind.Canceled => ApiErrorKind.Canceled,
        _ => ApiErrorKind.Internal,
    };
}
