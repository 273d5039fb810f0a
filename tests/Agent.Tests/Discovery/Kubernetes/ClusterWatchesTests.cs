using System.Linq;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Tests.Support;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class ClusterWatchesTests
{
    [Fact]
    public async Task Jobs_that_want_the_same_share_one_watch_and_it_ends_with_the_last_of_them()
    {
        await using DiscoveryWorld world = new();
        FoundTargets pods = world.Start("{role: pod}");
        FoundTargets endpoints = world.Start("{role: endpoints}");
        FoundTargets slices = world.Start("{role: endpointslice}");
        await world.UntilAsync(
            () => pods.Reports > 0 && endpoints.Reports > 0 && slices.Reports > 0 && world.Server.OpenWatches == 4,
            static () => "not all watch");

        Assert.Equal(4, world.Server.Requests.Count(static request => request.Target.Contains("limit=500", StringComparison.Ordinal)));
        Assert.Equal(1, world.Metric("ampedge_sd_kubernetes_watches{role=\"pod\"}"));
        Assert.Equal(21, world.Metric("ampedge_sd_kubernetes_objects{role=\"pod\"}"));

        await pods.DisposeAsync();
        await endpoints.DisposeAsync();
        Assert.Equal(1, world.Metric("ampedge_sd_kubernetes_watches{role=\"pod\"}"));
        Assert.Equal(0, world.Metric("ampedge_sd_kubernetes_watches{role=\"endpoints\"}"));
        await slices.DisposeAsync();
        Assert.Equal(0, world.Metric("ampedge_sd_kubernetes_watches{role=\"pod\"}"));
        Assert.Equal(0, world.Metric("ampedge_sd_kubernetes_objects{role=\"pod\"}"));
    }

    [Fact]
    public async Task What_takes_over_at_a_reload_has_its_targets_at_once_and_asks_for_nothing_again()
    {
        await using DiscoveryWorld world = new();
        FoundTargets before = world.Start("{role: service}");
        await world.UntilAsync(() => before.Reports > 0 && world.Server.OpenWatches == 1, static () => "no targets");
        int requests = world.Server.Requests.Count;

        FoundTargets after = world.Start("{role: service}");

        Assert.Equal(ExpectedTargets.Read("s1", "service").Targets, after.Targets());
        await before.DisposeAsync();
        world.Cluster.Advance();
        await world.UntilAsync(
            () => after.Targets().SequenceEqual(ExpectedTargets.Read("s2", "service").Targets), static () => "the watch ended");
        Assert.Equal(requests, world.Server.Requests.Count);
    }

    [Fact]
    public async Task Other_credentials_do_not_share()
    {
        await using DiscoveryWorld world = new();
        FoundTargets one = world.Start("{role: node, authorization: {credentials: one}}");
        FoundTargets two = world.Start("{role: node, authorization: {credentials: two}}");

        await world.UntilAsync(() => one.Reports > 0 && two.Reports > 0 && world.Server.OpenWatches == 2, static () => "not two watches");
    }

    [Fact]
    public async Task An_agent_on_a_node_asks_for_the_pods_of_that_node_without_a_selector()
    {
        await using DiscoveryWorld world = new(settings: new KubernetesSettings { LocalNode = "node-a" });
        FoundTargets pods = world.Start("{role: pod, attach_metadata: {node: true}}");
        FoundTargets services = world.Start("{role: service}");
        await world.UntilAsync(() => pods.Reports > 0 && services.Reports > 0, static () => "no targets");

        IEnumerable<string> ofNode = ExpectedTargets.Read("s1", "pod.attach-node").Targets.Where(
            static target => target.Contains("__meta_kubernetes_pod_node_name=\"node-a\"", StringComparison.Ordinal));
        Assert.Equal(ofNode, pods.Targets());
        Assert.Equal(ExpectedTargets.Read("s1", "service").Targets, services.Targets());
        Assert.Contains(world.Server.Requests, static request => request.Target.Contains("/pods?fieldSelector=spec.nodeName%3Dnode-a&", StringComparison.Ordinal));
        Assert.Contains(world.Server.Requests, static request => request.Target.Contains("/nodes?fieldSelector=metadata.name%3Dnode-a&", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "spec.nodeName=n")]
    [InlineData("status.phase=Running", "status.phase=Running,spec.nodeName=n")]
    [InlineData("spec.nodeName!=other", "spec.nodeName!=other")]
    public void A_selector_that_speaks_of_nodes_stays_as_it_is(string selector, string limited) =>
        Assert.Equal(limited, NodeLocal.Limit(selector, "n"));

    [Fact]
    public async Task The_kubelet_stands_in_while_the_server_is_away_and_the_server_takes_over_again()
    {
        await using ScriptedHttpServer kubelet = new(ScriptedResponse.Page("""
            {"kind":"PodList","metadata":{},"items":[{"metadata":{"name":"local","namespace":"x"},
            "spec":{"nodeName":"node-a","containers":[{"name":"c","ports":[{"containerPort":8080}]}]},"status":{"podIP":"10.1.1.1"}}]}
            """));
        await using DiscoveryWorld world = new(settings: new KubernetesSettings { LocalNode = "node-a", Kubelet = kubelet.Url });
        await world.Server.StopAsync();
        FoundTargets pods = world.Start("{role: pod, authorization: {credentials: secret}}");
        TimeSpan retries = TimeSpan.FromSeconds(46);

        await world.UntilAsync(() => pods.Targets().Count == 1, static () => "the kubelet is not asked", retries);
        Assert.Contains("10.1.1.1:8080", pods.Targets()[0], StringComparison.Ordinal);
        Assert.True(kubelet.Requests.TryPeek(out ScriptedRequest? request));
        Assert.Equal("/pods", request.Target);
        Assert.Equal("Bearer secret", request.Headers["Authorization"]);
        world.Server.Start();

        // What the server knows is reported before what the kubelet said is taken back.
        await world.UntilAsync(
            () => pods.Targets() is { Count: > 5 } targets
                && !targets.Any(static target => target.Contains("10.1.1.1", StringComparison.Ordinal)),
            static () => "the server does not take over",
            retries);
    }

    [Fact]
    public async Task A_refusal_of_the_server_is_no_reason_to_ask_the_kubelet()
    {
        await using ScriptedHttpServer kubelet = new(ScriptedResponse.Page("{}"));
        await using DiscoveryWorld world = new(settings: new KubernetesSettings { LocalNode = "node-a", Kubelet = kubelet.Url });
        world.Server.Token = "right";
        FoundTargets pods = world.Start("{role: pod, authorization: {credentials: wrong}}", withToken: false);

        await world.UntilAsync(
            () => world.Metric("prometheus_sd_kubernetes_failures_total") >= 4, static () => "no refusals", TimeSpan.FromSeconds(46));
        Assert.Empty(kubelet.Requests);
        Assert.Equal(0, pods.Reports);
    }

    [Fact]
    public async Task Namespaces_deployments_jobs_and_cron_jobs_are_named_when_asked_for()
    {
        await using DiscoveryWorld world = new();
        FoundTargets pods = world.Start("{role: pod, attach_metadata: {namespace: true, deployment: true, job: true, cronjob: true}}");
        await world.UntilAsync(() => pods.Reports > 0, static () => "no targets");

        string web = Assert.Single(pods.Targets(), static target => target.Contains("\"web-7d9c6b5f4-abc12\"", StringComparison.Ordinal)
            && target.Contains("10.244.1.10:9113", StringComparison.Ordinal));
        Assert.Contains("__meta_kubernetes_pod_deployment_name=\"web\"", web, StringComparison.Ordinal);
        Assert.Contains("__meta_kubernetes_namespace_label_team=\"checkout\"", web, StringComparison.Ordinal);
        Assert.Contains("__meta_kubernetes_namespace_labelpresent_team=\"true\"", web, StringComparison.Ordinal);
        string report = pods.Targets().Find(static target => target.Contains("report-29000000-x1x1x", StringComparison.Ordinal)) ?? "";
        Assert.Contains("__meta_kubernetes_pod_job_name=\"report-29000000\"", report, StringComparison.Ordinal);
        Assert.Contains("__meta_kubernetes_pod_cronjob_name=\"report\"", report, StringComparison.Ordinal);

        world.Cluster.Change("/api/v1/namespaces", "MODIFIED", """{"metadata":{"name":"shop","labels":{"team":"other"}}}""");
        await world.UntilAsync(
            () => pods.Targets().Exists(static target => target.Contains("namespace_label_team=\"other\"", StringComparison.Ordinal)),
            static () => "the namespace's change is not seen");
    }

    [Fact]
    public async Task A_change_of_a_pod_reaches_the_services_in_front_of_it()
    {
        await using DiscoveryWorld world = new();
        FoundTargets slices = world.Start("{role: endpointslice}");
        await world.UntilAsync(() => slices.Reports > 0, static () => "no targets");

        string pod = world.Cluster.Find("/api/v1/pods", "shop/cart-0") ?? "";
        world.Cluster.Change("/api/v1/pods", "MODIFIED", pod.Replace("\"labels\":{", "\"labels\":{\"fresh\":\"yes\",", StringComparison.Ordinal));

        await world.UntilAsync(
            () => slices.Targets().Exists(static target => target.Contains("__meta_kubernetes_pod_label_fresh=\"yes\"", StringComparison.Ordinal)),
            static () => "the pod's change is not seen");
    }

    [Fact]
    public void The_requests_of_a_role_are_what_it_needs()
    {
        KubernetesDiscoveryConfig config = new()
        {
            Role = "endpoints",
            AttachNodeMetadata = true,
            AttachNamespaceMetadata = true,
            Selectors = [new KubernetesSelector("pod", "a=b", ""), new KubernetesSelector("service", "", "metadata.name=x")],
        };

        Assert.Equal(
            ["endpoints in namespace n", "services in namespace n with fields metadata.name=x", "pods in namespace n with labels a=b", "nodes", "namespaces with fields metadata.name=n"],
            RoleRequests.For(config, "n", "node-a").ConvertAll(static request => request.ToString()));
    }
}
