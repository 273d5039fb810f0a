namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The server could not be reached, or a connection broke.</summary>
internal sealed class KubernetesConnectionException(string what, Exception error)
    : KubernetesException($"{what}: {error.Message}{Cause(error)}", error)
{
    public override string Reason => "connection";

    private static string Cause(Exception error) =>
        error.InnerException is { } inner && !error.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $" ({inner.Message})"
            : "";
}
