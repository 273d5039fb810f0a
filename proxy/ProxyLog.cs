using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy;

internal static partial class ProxyLog
{
    [LoggerMessage(5201, LogLevel.Information, "signing: {Route} {Upstream} {Region} {Service}")]
    public static partial void FixedUpstream(ILogger logger, string route, string upstream, string region, string service);

    [LoggerMessage(5202, LogLevel.Information, "signing for the AWS endpoint that each request's Host header names: {Route}")]
    public static partial void AnyUpstream(ILogger logger, string route);

    [LoggerMessage(5205, LogLevel.Information, "answering for a virtual workspace: {Route} {VirtualWorkspace}")]
    public static partial void VirtualWorkspace(ILogger logger, string route, string virtualWorkspace);

    [LoggerMessage(5203, LogLevel.Information,
        "listening on loopback only: {Port}; --port=0.0.0.0:{Port} would listen on every interface")]
    public static partial void LoopbackOnly(ILogger logger, int port);

    [LoggerMessage(5204, LogLevel.Warning, "the upstream's certificate is not checked (--no-verify-ssl): {Route}")]
    public static partial void TlsUnverified(ILogger logger, string route);

    [LoggerMessage(5206, LogLevel.Warning,
        "few file descriptors are allowed: {Limit}; callers wait while {Spare} are left, and the proxy itself needs over a hundred (ulimit -n)")]
    public static partial void FewFileDescriptors(ILogger logger, int limit, int spare);
}
