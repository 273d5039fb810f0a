using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// The pods behind the addresses of one service: adds what tells of them to the targets of the service's ports, and
/// makes targets of the ports of theirs that the service does not cover.
/// </summary>
internal sealed class BackingPods(RelatedObjects related)
{
    private readonly Dictionary<ObjectKey, HashSet<int>> _coveredPorts = [];
    private readonly List<Pod> _pods = [];

    /// <summary>Adds to a target what tells of its pod and of the container whose port it is.</summary>
    /// <param name="labels">The target.</param>
    /// <param name="pod">The pod behind it.</param>
    /// <param name="number">The service's port; null for none.</param>
    /// <param name="protocol">Goes before the container's own; null for that one.</param>
    public void AddTo(LabelsBuilder labels, Pod pod, int? number, string? protocol)
    {
        AddPod(labels, pod);
        HashSet<int> covered = CoveredPortsOf(pod);
        if (number is not { } wanted)
        {
            return;
        }

        covered.Add(wanted);
        foreach (Container container in pod.Containers)
        {
            foreach (ContainerPort port in container.Ports)
            {
                if (port.Number == wanted)
                {
                    // Of several containers with this port the last one stays, of several ports in one the first.
                    PodTargets.SetContainer(labels, container);
                    PodTargets.AddPort(labels, port, protocol ?? port.Protocol);
                    break;
                }
            }
        }
    }

    /// <summary>A target for each port of the pods met so far that no port of the service covered.</summary>
    public void AddUncovered(List<Labels> targets, LabelsBuilder labels)
    {
        foreach (Pod pod in _pods)
        {
            if (pod.IP.Length == 0)
            {
                continue;
            }

            foreach (Container container in pod.Containers)
            {
                AddUncovered(targets, labels, pod, container);
            }
        }
    }

    private void AddUncovered(List<Labels> targets, LabelsBuilder labels, Pod pod, Container container)
    {
        foreach (ContainerPort port in container.Ports)
        {
            if (!_coveredPorts[pod.Key].Contains(port.Number))
            {
                PodTargets.AddContainer(labels, container);
                PodTargets.AddPort(labels, port, port.Protocol);
                labels.Set("__address__", HostPort.Join(pod.IP, port.Number));
                AddPod(labels, pod);
                targets.Add(labels.Build());
            }
        }
    }

    private void AddPod(LabelsBuilder labels, Pod pod)
    {
        MetaLabels.AddAllButNamespace(labels, pod.Meta);
        related.AttachControllers(labels, pod);
    }

    private HashSet<int> CoveredPortsOf(Pod pod)
    {
        if (!_coveredPorts.TryGetValue(pod.Key, out HashSet<int>? covered))
        {
            covered = [];
            _coveredPorts.Add(pod.Key, covered);
            _pods.Add(pod);
        }

        return covered;
    }
}
