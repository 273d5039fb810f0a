using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// Finds the objects beside the one that a group of targets is made of, and writes down which were looked for, so that
/// the group is made anew when one of them changes, appears or goes. Not thread-safe.
/// </summary>
internal sealed class RelatedObjects
{
    private readonly IReadOnlyDictionary<ResourceKind, ResourceWatch> _watches;
    private readonly HashSet<RelatedObject> _lookedFor = [];

    /// <param name="watches">The kinds that may be looked for; others are never found.</param>
    /// <param name="attachesAnything">Whether targets get labels of nodes, namespaces or controllers.</param>
    public RelatedObjects(IReadOnlyDictionary<ResourceKind, ResourceWatch> watches, bool attachesAnything)
    {
        _watches = watches;
        AttachesAnything = attachesAnything;
    }

    public bool AttachesAnything { get; }

    /// <summary>What deployments, jobs and cron jobs are to be named; set from <c>attach_metadata</c>.</summary>
    public required AttachedControllers Controllers { get; init; }

    /// <summary>What was looked for since the last <see cref="Forget"/>.</summary>
    public IReadOnlyCollection<RelatedObject> LookedFor => _lookedFor;

    public void Forget() => _lookedFor.Clear();

    /// <summary>The pod that an address belongs to; null when it belongs to none or to one that is not known.</summary>
    public Pod? FindPod(TargetReference? target) =>
        target is { Kind: "Pod" } ? Find<Pod>(ResourceKind.Pods, target.Key) : null;

    public Service? FindService(ObjectKey key) => Find<Service>(ResourceKind.Services, key);

    /// <summary>Adds what tells of a node, when that was asked for and the node is known.</summary>
    public void AttachNode(LabelsBuilder labels, string? name)
    {
        if (!string.IsNullOrEmpty(name) && Find<Node>(ResourceKind.Nodes, new ObjectKey("", name)) is { } node)
        {
            MetaLabels.AddAllButNamespace(labels, node.Meta);
        }
    }

    /// <summary>Adds what tells of a namespace, when that was asked for and the namespace is known.</summary>
    public void AttachNamespace(LabelsBuilder labels, string name)
    {
        if (Find<ClusterNamespace>(ResourceKind.Namespaces, new ObjectKey("", name)) is { } found)
        {
            MetaLabels.AddAllButNamespace(labels, found.Meta);
        }
    }

    /// <summary>The labels, with those of the namespace when that was asked for.</summary>
    public Labels WithNamespace(Labels meta, ObjectKey key, LabelsBuilder labels)
    {
        if (!_watches.ContainsKey(ResourceKind.Namespaces))
        {
            return meta;
        }

        labels.Reset(meta);
        AttachNamespace(labels, key.Namespace);
        return labels.Build();
    }

    /// <summary>Adds the names of what stands behind a pod's controller, as far as that was asked for.</summary>
    public void AttachControllers(LabelsBuilder labels, Pod pod)
    {
        if (pod.Controller is not { } controller)
        {
            return;
        }

        ObjectKey key = pod.Key with { Name = controller.Name };
        if (controller.Kind == "ReplicaSet" && Controllers.Deployment)
        {
            AddControllerOf(labels, ResourceKind.ReplicaSets, key, "Deployment", "pod_deployment_name");
        }
        else if (controller.Kind == "Job")
        {
            if (Controllers.Job)
            {
                labels.Set(MetaLabels.Prefix + "pod_job_name", controller.Name);
            }

            if (Controllers.CronJob)
            {
                AddControllerOf(labels, ResourceKind.Jobs, key, "CronJob", "pod_cronjob_name");
            }
        }
    }

    private void AddControllerOf(LabelsBuilder labels, ResourceKind kind, ObjectKey key, string wanted, string label)
    {
        if (Find<OwnedObject>(kind, key)?.Controller is { } controller && controller.Kind == wanted)
        {
            labels.Set(MetaLabels.Prefix + label, controller.Name);
        }
    }

    private TObject? Find<TObject>(ResourceKind kind, ObjectKey key)
        where TObject : KubernetesObject
    {
        if (!_watches.TryGetValue(kind, out ResourceWatch? watch))
        {
            return null;
        }

        _lookedFor.Add(new RelatedObject(kind, key));
        return watch.Objects.Find(key) as TObject;
    }
}
