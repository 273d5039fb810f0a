using System.Linq;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class AnnotationRulesTests
{
    private const string PodPrefix = "__meta_kubernetes_pod_";
    private const string ServicePrefix = "__meta_kubernetes_service_";

    [Theory]
    [InlineData("10.1.1.1", "10.1.1.1:80", "8080", "10.1.1.1:8080")]
    [InlineData("10.1.1.1", "10.1.1.1", "8080", "10.1.1.1:8080")]
    [InlineData("fd00::1", "[fd00::1]:80", "8080", "[fd00::1]:8080")]
    [InlineData("fd00::1", "fd00::1", "8080", "[fd00::1]:8080")]
    [InlineData("10.1.1.1", "10.1.1.1:80", "", "10.1.1.1:80")]
    [InlineData("10.1.1.1", "10.1.1.1:80", "http", "10.1.1.1:80")]
    public void The_port_of_a_pods_annotation_takes_the_place_of_its_own(string ip, string address, string port, string result)
    {
        Labels? target = Relabel("pod", [
            "__address__", address, PodPrefix + "ip", ip, PodPrefix + "container_name", "c", PodPrefix + "phase", "Running",
            PodPrefix + "annotation_prometheus_io_scrape", "true", PodPrefix + "annotation_prometheus_io_port", port,
            PodPrefix + "annotation_prometheus_io_path", "/m?x=1", PodPrefix + "annotation_prometheus_io_scheme", "https",
            PodPrefix + "annotation_prometheus_io_param_module", "a",
        ]);

        Assert.Equal(result, target?.GetString("__address__"));
        Assert.Equal("/m?x=1", target?.GetString("__metrics_path__"));
        Assert.Equal("https", target?.GetString("__scheme__"));
        Assert.Equal("a", target?.GetString("__param_module"));
        Assert.Equal("", target?.GetString("__tmp_ampedge_scrape"));
    }

    [Theory]
    [InlineData("true", "Running", true)]
    [InlineData("true", "Unknown", true)]
    [InlineData("false", "Running", false)]
    [InlineData("", "Running", false)]
    [InlineData("True", "Running", false)]
    [InlineData("true", "Pending", false)]
    [InlineData("true", "Succeeded", false)]
    [InlineData("true", "Failed", false)]
    public void A_pod_is_scraped_that_wants_it_and_runs(string scrape, string phase, bool kept) =>
        Assert.Equal(kept, Relabel("pod", [
            "__address__", "a:1", PodPrefix + "container_name", "c", PodPrefix + "phase", phase,
            PodPrefix + "annotation_prometheus_io_scrape", scrape,
        ]) is not null);

    [Theory]
    [InlineData("endpoints", "10.1.1.1:80", "10.1.1.1:9100")]
    [InlineData("endpointslice", "[fd00::1]:80", "[fd00::1]:9100")]
    [InlineData("endpointslice", "db.example", "db.example:9100")]
    public void A_services_annotations_count_for_what_is_behind_it_and_not_the_pods(string role, string address, string result)
    {
        Labels? target = Relabel(role, [
            "__address__", address, $"__meta_kubernetes_{role}_name", "s", PodPrefix + "container_name", "c",
            PodPrefix + "annotation_prometheus_io_scrape", "false", PodPrefix + "annotation_prometheus_io_port", "1",
            ServicePrefix + "annotation_prometheus_io_scrape", "true", ServicePrefix + "annotation_prometheus_io_port", "9100",
        ]);

        Assert.Equal(result, target?.GetString("__address__"));
    }

    [Theory]
    [InlineData("service")]
    [InlineData("node")]
    [InlineData("ingress")]
    public void Other_roles_are_left_alone(string role) => Assert.Empty(Job(role).RelabelRules);

    [Fact]
    public void Targets_of_other_mechanisms_in_the_same_job_are_left_alone_and_own_rules_come_last()
    {
        RelabelRule own = RelabelRule.Compile(new RelabelConfig { TargetLabel = "own", Replacement = "yes" });

        ScrapeConfig job = Job("pod", own);
        LabelsBuilder labels = new();
        labels.Set("__address__", "static:1");

        Assert.Same(own, job.RelabelRules[^1]);
        Assert.True(Relabeler.Process(labels, job.RelabelRules.ToArray()));
        Assert.Equal(Labels.FromStrings("__address__", "static:1", "own", "yes"), labels.Build());
    }

    [Fact]
    public async Task In_the_recorded_cluster_the_annotated_pods_remain()
    {
        await using DiscoveryWorld world = new();
        FoundTargets found = world.Start("{role: pod}");
        await world.UntilAsync(() => found.Reports > 0, static () => "no targets");
        RelabelRule[] rules = [.. Job("pod").RelabelRules];
        SortedSet<string> kept = new(StringComparer.Ordinal);
        LabelsBuilder labels = new();
        foreach (Labels target in found.LabelSets())
        {
            labels.Reset(target);
            labels.Set("__scheme__", "http");
            labels.Set("__metrics_path__", "/metrics");
            if (Relabeler.Process(labels, rules))
            {
                kept.Add($"{labels.GetString("__scheme__")}://{labels.GetString("__address__")}{labels.GetString("__metrics_path__")}");
            }
        }

        Assert.Equal(
            [
                "http://10.244.1.10:9113/metrics", "http://10.244.1.12:9113/metrics", "http://10.244.1.90:8080/metrics",
                "http://10.244.3.30:15021/metrics", "http://10.244.3.30:15090/metrics", "http://10.244.3.30:7000/metrics",
                "http://10.244.3.30:8080/metrics", "https://10.244.2.10:8443/internal/metrics",
            ],
            kept);
    }

    private static Labels? Relabel(string role, string[] labels)
    {
        LabelsBuilder builder = new();
        builder.Reset(Labels.FromStrings(labels));
        return Relabeler.Process(builder, Job(role).RelabelRules.ToArray()) ? builder.Build() : null;
    }

    private static ScrapeConfig Job(string role, params RelabelRule[] own)
    {
        ScrapeConfig job = new()
        {
            JobName = "j",
            RelabelRules = own,
            Discovery = new DiscoveryConfigs { Kubernetes = [new KubernetesDiscoveryConfig { Role = role }] },
        };
        return AnnotationRules.AddTo(new AgentConfig { File = "agent.yml", ScrapeConfigs = [job] }).ScrapeConfigs[0];
    }
}
