namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>A pod as the API sends it.</summary>
internal sealed class PodJson
{
    public ObjectMetaJson? Metadata { get; set; }

    public PodSpec? Spec { get; set; }

    public PodStatus? Status { get; set; }

    internal sealed class PodSpec
    {
        public string? NodeName { get; set; }

        public List<PodContainer?>? Containers { get; set; }

        public List<PodContainer?>? InitContainers { get; set; }
    }

    internal sealed class PodContainer
    {
        public string? Name { get; set; }

        public string? Image { get; set; }

        public List<PodPort?>? Ports { get; set; }
    }

    internal sealed class PodPort
    {
        public string? Name { get; set; }

        public int? ContainerPort { get; set; }

        public string? Protocol { get; set; }
    }

    internal sealed class PodStatus
    {
        public string? PodIP { get; set; }

        public string? HostIP { get; set; }

        public string? Phase { get; set; }

        public List<Condition?>? Conditions { get; set; }

        public List<ContainerStatus?>? ContainerStatuses { get; set; }

        public List<ContainerStatus?>? InitContainerStatuses { get; set; }
    }

    internal sealed class Condition
    {
        public string? Type { get; set; }

        public string? Status { get; set; }
    }

    internal sealed class ContainerStatus
    {
        public string? Name { get; set; }

        public string? ContainerID { get; set; }
    }
}
