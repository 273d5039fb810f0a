using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Why a member's part of an answer is missing.</summary>
internal sealed record MemberFailure(string Member, ApiError Error)
{
    /// <summary>As a caller reads it among the warnings.</summary>
    public string Warning(WorkspaceLabel label) => $"{label.Name} \"{Member}\" is missing from this answer: {Error.Message}";
}
