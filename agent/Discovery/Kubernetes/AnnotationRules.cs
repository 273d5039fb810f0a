using AmpEdge.Agent.Config;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>
/// The convention of <c>prometheus.io/…</c> annotations as relabel rules, put before those of each job that finds pods,
/// endpoints or slices of endpoints in a cluster. The rules touch no target that comes from elsewhere.
/// </summary>
/// <remarks>
/// Role pod goes by the pod's annotations, roles endpoints and endpointslice by those of the service. A target without
/// <c>scrape: "true"</c> is dropped, and so is one of a pod that has ended or does not run yet. <c>port</c> takes the
/// place of the target's port, <c>path</c>, <c>scheme</c> and <c>param_NAME</c> that of the job's.
/// </remarks>
internal static class AnnotationRules
{
    private const string Verdict = "__tmp_ampedge_scrape";
    private const string Pod = MetaLabels.Prefix + "pod_";
    private const string Service = MetaLabels.Prefix + "service_";
    private const string Annotation = "annotation_prometheus_io_";

    private const string EndpointsName = MetaLabels.Prefix + "endpoints_name";
    private const string SliceName = MetaLabels.Prefix + "endpointslice_name";

    /// <summary>Targets of services have labels of their pods, too, so what they have more tells them apart.</summary>
    private static readonly IReadOnlyList<RelabelRule> s_podRules = Compile(
        Pod, Replace([Pod + "container_name", EndpointsName, SliceName], ".+;;", Verdict, "false"), Pod + "ip");

    private static readonly IReadOnlyList<RelabelRule> s_endpointsRules = Compile(
        Service, Replace([EndpointsName], ".+", Verdict, "false"), "__address__");

    private static readonly IReadOnlyList<RelabelRule> s_sliceRules = Compile(
        Service, Replace([SliceName], ".+", Verdict, "false"), "__address__");

    /// <summary>The configuration with the rules in front.</summary>
    public static AgentConfig AddTo(AgentConfig config)
    {
        List<ScrapeConfig> jobs = [];
        foreach (ScrapeConfig job in config.ScrapeConfigs)
        {
            List<RelabelRule> rules = [];
            Add(rules, job, "pod", s_podRules);
            Add(rules, job, "endpoints", s_endpointsRules);
            Add(rules, job, "endpointslice", s_sliceRules);
            jobs.Add(rules.Count == 0 ? job : job with { RelabelRules = [.. rules, .. job.RelabelRules] });
        }

        return config with { ScrapeConfigs = jobs };
    }

    private static void Add(List<RelabelRule> target, ScrapeConfig job, string role, IReadOnlyList<RelabelRule> rules)
    {
        foreach (KubernetesDiscoveryConfig cluster in job.Discovery.Kubernetes)
        {
            if (cluster.Role == role)
            {
                target.AddRange(rules);
                return;
            }
        }
    }

    /// <param name="owner">Whose annotations count.</param>
    /// <param name="mark">Gives the targets of the role, and no others, a verdict to begin with.</param>
    /// <param name="host">Where the address without a port is.</param>
    private static List<RelabelRule> Compile(string owner, RelabelConfig mark, string host)
    {
        string annotation = owner + Annotation;
        RelabelConfig[] rules =
        [
            mark,
            Replace([Verdict, annotation + "scrape"], "false;true", Verdict, "true"),
            Replace([Verdict, Pod + "phase"], "true;(Pending|Succeeded|Failed)", Verdict, "false"),
            new() { SourceLabels = [Verdict], Regex = "false", Action = RelabelAction.Drop },
            Replace([Verdict, annotation + "scheme"], "true;(https?)", "__scheme__", "$1"),
            Replace([Verdict, annotation + "path"], "true;(.+)", "__metrics_path__", "$1"),
            .. owner == Pod ? PodPort(annotation, host) : ServicePort(annotation, host),
            new() { Regex = annotation + "param_(.+)", Replacement = "__param_$1", Action = RelabelAction.LabelMap },
            Replace([], "", Verdict, ""),
        ];
        return [.. Array.ConvertAll(rules, static rule => RelabelRule.Compile(rule))];
    }

    /// <summary>A pod's address has no brackets of its own, so an IPv6 address gets them here.</summary>
    private static RelabelConfig[] PodPort(string annotation, string host) =>
    [
        Replace([Verdict, annotation + "port", host], "true;([0-9]+);([^:]+)", "__address__", "$2:$1"),
        Replace([Verdict, annotation + "port", host], "true;([0-9]+);(.*:.*)", "__address__", "[$2]:$1"),
    ];

    private static RelabelConfig[] ServicePort(string annotation, string host) =>
    [
        Replace([Verdict, annotation + "port", host], @"true;([0-9]+);([^:]+|\[.+\])(:[0-9]+)?", "__address__", "$2:$1"),
    ];

    private static RelabelConfig Replace(IReadOnlyList<string> sources, string regex, string target, string replacement) =>
        new() { SourceLabels = sources, Regex = regex, TargetLabel = target, Replacement = replacement };
}
