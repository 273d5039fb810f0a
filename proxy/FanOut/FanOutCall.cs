using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>One call of a caller to a virtual workspace.</summary>
/// <param name="Parameters">Of the form and the URL.</param>
/// <param name="Response">Takes the answer.</param>
/// <param name="Via">The proxies that the call has come through, this one the last: by it a member that leads back is found.</param>
/// <param name="Cancel">The caller has gone.</param>
internal sealed record FanOutCall(
    RequestParameters Parameters, ApiResponse Response, string Via, CancellationToken Cancel);
