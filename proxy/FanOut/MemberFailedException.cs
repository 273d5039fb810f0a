using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>A member gave no answer that could be used.</summary>
internal sealed class MemberFailedException(ApiErrorKind kind, string reason, Exception? inner = null)
    : Exception(reason, inner)
{
    public ApiError Error { get; } = new(kind, reason);
}
