using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Event ids 2600 to 2699.</summary>
internal static partial class KubernetesLog
{
    [LoggerMessage(2600, LogLevel.Warning, "kubernetes: server {Server} warns: {Warning}")]
    public static partial void ServerWarns(ILogger logger, string server, string warning);

    [LoggerMessage(2601, LogLevel.Error,
        "kubernetes: {Problem}; what is known of {Objects} stays as it is, next try in {DelaySeconds:0.0} s ({Held} like this not shown)")]
    public static partial void RequestFailed(ILogger logger, string problem, string objects, double delaySeconds, long held);

    [LoggerMessage(2602, LogLevel.Information, "kubernetes: {Objects} are seen again after {Failures} more failures")]
    public static partial void Recovered(ILogger logger, string objects, long failures);

    [LoggerMessage(2603, LogLevel.Information, "kubernetes: {Objects} listed, {Count} of them; watching from version {Version}")]
    public static partial void Listed(ILogger logger, string objects, int count, string version);

    [LoggerMessage(2604, LogLevel.Debug, "kubernetes: {Objects} are listed anew: {Reason}")]
    public static partial void Relists(ILogger logger, string objects, string reason);

    [LoggerMessage(2605, LogLevel.Warning, "kubernetes: one of {Objects} cannot be read and stays as it was: {Problem}")]
    public static partial void ObjectUnreadable(ILogger logger, string objects, string problem);

    [LoggerMessage(2606, LogLevel.Error, "kubernetes: no way into the cluster: {Problem}; next try in {DelaySeconds:0} s")]
    public static partial void NoAccess(ILogger logger, string problem, double delaySeconds);

    [LoggerMessage(2607, LogLevel.Warning, "kubernetes: node {Node} has no address that could be scraped")]
    public static partial void NodeWithoutAddress(ILogger logger, string node);

    [LoggerMessage(2608, LogLevel.Warning,
        "kubernetes: endpoints {Endpoints} hold more than 1000 addresses ({State}); role endpointslice has no such limit")]
    public static partial void EndpointsOverCapacity(ILogger logger, string endpoints, string state);

    [LoggerMessage(2609, LogLevel.Warning,
        "kubernetes: the API server is away ({Problem}); the pods of this node come from its kubelet, {Count} of them")]
    public static partial void FromKubelet(ILogger logger, string problem, int count);

    [LoggerMessage(2610, LogLevel.Warning, "kubernetes: the kubelet does not help either: {Problem}")]
    public static partial void KubeletFailed(ILogger logger, string problem);
}
