using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>One call of a caller to a virtual workspace.</summary>
internal sealed record FanOutCall(RequestParameters Parameters, ApiResponse Response, CancellationToken Cancel);
