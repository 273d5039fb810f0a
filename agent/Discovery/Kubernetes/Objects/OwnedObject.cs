using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A ReplicaSet or a Job, kept only to find who controls it in turn: a Deployment, a CronJob.</summary>
internal sealed class OwnedObject(ObjectKey key, ObjectOwner? controller) : KubernetesObject(key, Labels.Empty)
{
    public ObjectOwner? Controller { get; } = controller;
}
