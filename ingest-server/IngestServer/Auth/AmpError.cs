using System.Globalization;

namespace AmpEdge.IngestServer.Auth;

/// <summary>An error in the shape of AWS's rest-json services, made before or beside the Prometheus API.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Name">The exception's name, sent as <c>x-amzn-ErrorType</c>.</param>
/// <param name="Message">The text; the body is <c>{"message": …}</c>.</param>
internal sealed record AmpError(int Status, string Name, string Message)
{
    private const string WorkspaceType = "AWS::APS::Workspace";

    /// <summary>The id of the resource that the error is about, where the shape carries one.</summary>
    public string? ResourceId { get; init; }

    public string? ResourceType { get; init; }

    /// <summary>Why the request was refused, as a metric label and in the audit line.</summary>
    public required string Reason { get; init; }

    public static AmpError MissingToken { get; } =
        new(StatusCodes.Status403Forbidden, "MissingAuthenticationTokenException", "Missing Authentication Token")
        {
            Reason = "missing_token",
        };

    public static AmpError UnknownOperation { get; } =
        new(StatusCodes.Status404NotFound, "UnknownOperationException", "The requested operation is not recognized.")
        {
            Reason = "unknown_operation",
        };

    public static AmpError WorkspaceNotFound(string workspaceId) =>
        new(StatusCodes.Status404NotFound, "ResourceNotFoundException", "Workspace not found")
        {
            ResourceId = workspaceId,
            ResourceType = WorkspaceType,
            Reason = "unknown_workspace",
        };

    /// <summary>A path without a workspace means the only one, and there is none or there are several.</summary>
    public static AmpError WorkspaceNotNamed(int workspaces) =>
        new(
            StatusCodes.Status404NotFound, "ResourceNotFoundException",
            $"Workspace not found: this server has {workspaces} workspaces, so the path must name one: "
            + "/workspaces/<id>/api/v1/…")
        {
            ResourceType = WorkspaceType,
            Reason = "unknown_workspace",
        };

    /// <summary>Passes by itself: the caller should try again.</summary>
    public static AmpError Unavailable(string reason) =>
        new(StatusCodes.Status503ServiceUnavailable, "ServiceUnavailableException", reason)
        {
            Reason = "unavailable",
        };

    public static AmpError AccessDenied(string callerArn, string action, string resourceArn) =>
        new(
            StatusCodes.Status403Forbidden,
            "AccessDeniedException",
            $"User: {callerArn} is not authorized to perform: {action} on resource: {resourceArn} "
            + $"because no identity-based policy allows the {action} action")
        {
            Reason = "access_denied",
        };

    public static AmpError TooLarge(long limitBytes) =>
        new(
            StatusCodes.Status413PayloadTooLarge,
            "RequestEntityTooLargeException",
            string.Create(CultureInfo.InvariantCulture, $"the request body is larger than the limit of {limitBytes} bytes"))
        {
            Reason = "body_too_large",
        };
}
