using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Query;

/// <summary>A failed API call: its kind and the text that the caller reads.</summary>
internal sealed record ApiError(ApiErrorKind Kind, string Message)
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
}
