using System.Globalization;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>The server took a request or held a stream open, and then nothing came for too long.</summary>
internal sealed class KubernetesTimeoutException(string what, TimeSpan timeout)
    : KubernetesException(string.Create(CultureInfo.InvariantCulture, $"{what}: nothing came for {timeout.TotalSeconds:0} s"))
{
    public override string Reason => "timeout";
}
