using System.Globalization;
using System.Linq;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tests.Support;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The charts as helm renders them: our programs start in pods made like theirs, with the rights that they ask for and no other.</summary>
public sealed class HelmTests
{
    private const string Token = "a-token";
    private const string Attach = "attach_metadata: {node: true, namespace: true, deployment: true, job: true, cronjob: true}";

    [Theory]
    [InlineData("ampedge-agent", "image.repository=x")]
    [InlineData("ampedge-agent", "image.repository=x,kind=StatefulSet,replicas=3")]
    [InlineData("ampedge-proxy", "image.repository=x,aws.region=eu-central-1,aws.workspace=ws-1")]
    public async Task A_chart_passes_helm_s_own_check(string chart, string values) =>
        await Command.SucceedAsync(await Helm.FindAsync(), ["lint", "--strict", Helm.ChartOf(chart), "--set", values]);

    [Theory]
    [InlineData("ampedge-agent", "", "image.repository: is missing")]
    [InlineData("ampedge-agent", "image.repository=x,bufer.maxAge=2d", "additional properties 'bufer' not allowed")]
    [InlineData("ampedge-agent", "image.repository=x,config=a: [", "config: is no YAML")]
    [InlineData("ampedge-agent", "image.repository=x,config=scrape_configs: [{kubernetes_sd_configs: [{role: pods}]}]", "got 'pods', allowed: node, pod")]
    [InlineData("ampedge-agent", "image.repository=x,buffer.type=persistentVolumeClaim", "a DaemonSet has no claims of its own")]
    [InlineData("ampedge-agent", "image.repository=x,kind=StatefulSet,buffer.type=hostPath", "pods move from node to node")]
    [InlineData("ampedge-proxy", "image.repository=x", "aws.workspace: is missing")]
    public async Task Values_that_cannot_work_are_refused_by_name(string chart, string values, string problem)
    {
        (int exitCode, _, string error) = await Command.RunAsync(
            await Helm.FindAsync(), ["template", "r", Helm.ChartOf(chart), "--set", values.Replace("{", @"\{", StringComparison.Ordinal)]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{role: pod}")]
    [InlineData("{role: pod, " + Attach + "}")]
    [InlineData("{role: pod, namespaces: {own_namespace: true, names: [shop, batch]}, " + Attach + "}")]
    [InlineData("{role: node, " + Attach + "}")]
    [InlineData("{role: service}")]
    [InlineData("{role: endpoints, " + Attach + "}")]
    [InlineData("{role: endpointslice, namespaces: {names: [shop]}}")]
    [InlineData("{role: endpointslice, " + Attach + "}")]
    [InlineData("{role: ingress, " + Attach + "}")]
    [InlineData("{role: pod}, {role: pod, namespaces: {names: [shop]}}, {role: ingress, namespaces: {names: [shop]}}")]
    public async Task The_rights_in_the_chart_are_those_that_the_agent_asks_for_and_no_other(string entries)
    {
        using WorkingFolder folder = new();
        using X509Certificate2 certificate = LoopbackCertificate.Create();
        await using ReplayServer server = new(new ReplayCluster(), certificate) { Token = Token };
        int port = Ports.Free();
        string config = folder.Write("prometheus.yml", $$"""
            scrape_configs:
            - job_name: cluster
              kubernetes_sd_configs: [{{entries}}]
              relabel_configs: [{action: drop, source_labels: [__address__], regex: ".*"}]
            """);
        List<YamlMappingNode> objects = await RenderAgentAsync(port, config, "--set", "nodeLocal.kubelet=off,buffer.type=emptyDir");
        SortedSet<string> rights = RightsIn(objects);

        Pod pod = new(objects, "DaemonSet", folder) { ServiceAccountFolder = ServiceAccount(folder, certificate) };
        pod.ClusterEnvironment["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
        pod.ClusterEnvironment["KUBERNETES_SERVICE_PORT"] = server.Port.ToString(CultureInfo.InvariantCulture);
        await using RunningProgram agent = await pod.StartAsync(Programs.Agent, port);
        await agent.WaitUntilReadyAsync("/-/ready");
        await Eventually.TrueAsync(
            async () => CountOf(await TargetsAsync(agent), "droppedTargets") > 0 && rights.IsSubsetOf(Asked(server, rights)),
            () => agent.Describe($"rights: {string.Join(", ", rights)}; asked for: {string.Join(", ", Asked(server, rights))}"));

        Assert.Equal(rights, Asked(server, rights));
    }

    [Fact]
    public async Task An_agent_runs_in_its_pod_without_any_privilege_and_delivers()
    {
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(static scrape => $"of_the_pod {scrape}\n");
        using RecordingReceiver receiver = new();
        receiver.Start();
        int port = Ports.Free();
        string config = folder.Write("prometheus.yml", $$"""
            global: {scrape_interval: 300ms, scrape_timeout: 300ms}
            scrape_configs:
            - job_name: local
              static_configs: [{targets: ["{{target.Address}}"], labels: {region: "${AWS_REGION}"} }]
            remote_write: [{url: "{{receiver.WriteUrl}}", queue_config: {batch_send_deadline: 100ms} }]
            """);
        string costs = folder.Write("cost.yml", "prices: {currency: EUR}\n");
        List<YamlMappingNode> objects = await RenderAgentAsync(
            port, config, "--set", "aws.region=eu-central-1", "--set-file", $"costConfig={costs}");
        Assert.DoesNotContain(objects, static one => Helm.TextOf(one, "kind") == "ClusterRole");

        Pod pod = new(objects, "DaemonSet", folder);
        await using RunningProgram agent = await pod.StartAsync(Programs.Agent, port);
        await agent.WaitUntilReadyAsync(ProbePath(objects, "DaemonSet", "readinessProbe"));
        await agent.GetAsync(ProbePath(objects, "DaemonSet", "livenessProbe"));
        await Eventually.TrueAsync(
            () => Task.FromResult(receiver.ArrivalsOf("of_the_pod", "region=\"eu-central-1\"").Count > 2),
            () => agent.Describe("nothing arrives"));

        string status = await File.ReadAllTextAsync($"/proc/{agent.ProcessId}/status", TestContext.Current.CancellationToken);
        Assert.Matches(@"Uid:\s+65532\s+65532\s+65532\s+65532\n", status);
        Assert.Matches(@"CapEff:\s+0+\n", status);
        Assert.NotEmpty(Directory.GetFiles(pod.FolderOf("buffer"), "*", SearchOption.AllDirectories));
        Assert.Contains("EUR", await agent.GetAsync("/api/v1/status/cardinality"), StringComparison.Ordinal);
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task The_configuration_of_the_chart_s_own_values_is_one_that_the_agent_starts_with()
    {
        using WorkingFolder folder = new();
        List<YamlMappingNode> objects = await Helm.RenderAsync("ampedge-agent", "--kube-version", "1.34");
        string config = folder.Write(
            "prometheus.yml", Helm.TextOf(Helm.Only(objects, "ConfigMap"), "data", "prometheus.yml"));

        string printed = await Command.SucceedAsync(
            Programs.Agent, [$"--config.file={config}", "--config.expand-env", "--config.check"],
            new Dictionary<string, string> { ["AWS_REGION"] = "eu-central-1", ["AMP_WORKSPACE"] = "ws-1" });

        Assert.Contains("job pods", printed, StringComparison.Ordinal);
        Assert.Contains("https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write", printed, StringComparison.Ordinal);
        Assert.Equal(["/pods list", "/pods watch"], RightsIn(objects));
    }

    [Theory]
    [InlineData("1.34", "auto", "nodes/pods")]
    [InlineData("1.32", "auto", "")]
    [InlineData("1.32", "on", "nodes/proxy")]
    [InlineData("1.34", "off", "")]
    public async Task The_kubelet_is_asked_only_where_the_account_may_ask_it(string version, string kubelet, string right)
    {
        List<YamlMappingNode> objects = await Helm.RenderAsync(
            "ampedge-agent", "--kube-version", version, "--set", $"nodeLocal.kubelet={kubelet}");

        List<string> got = [];
        foreach (YamlNode rule in Helm.ItemsOf(Helm.Only(objects, "ClusterRole"), "rules"))
        {
            if (Helm.ItemsOf(rule, "verbs").Any(static verb => verb.ToString() == "get"))
            {
                got.AddRange(Helm.ItemsOf(rule, "resources").Select(static resource => resource.ToString()));
            }
        }

        YamlNode container = Helm.ItemsOf(Helm.Only(objects, "DaemonSet"), "spec", "template", "spec", "containers").Single();
        bool knowsNode = Helm.ItemsOf(container, "env").Any(static variable => Helm.TextOf(variable, "name") == "NODE_IP");
        Assert.Equal(right.Length > 0 ? [right] : [], got);
        Assert.Equal(right.Length > 0, knowsNode);
    }

    [Fact]
    public async Task Replicas_of_a_statefulset_divide_the_targets_among_themselves()
    {
        using WorkingFolder folder = new();
        int port = Ports.Free();
        string config = folder.Write("prometheus.yml", """
            scrape_configs:
            - job_name: divided
              static_configs: [{targets: ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4", "127.0.0.1:5", "127.0.0.1:6"]}]
            """);
        SortedSet<string> seen = new(StringComparer.Ordinal);
        int all = 0;
        for (int index = 0; index < 2; index++)
        {
            List<YamlMappingNode> objects = await RenderAgentAsync(port, config, "--set", "kind=StatefulSet,replicas=2,buffer.type=emptyDir");
            using WorkingFolder ofPod = new();
            Pod pod = new(objects, "StatefulSet", ofPod);
            pod.Fields["metadata.labels['apps.kubernetes.io/pod-index']"] = index.ToString(CultureInfo.InvariantCulture);
            await using RunningProgram agent = await pod.StartAsync(Programs.Agent, port);
            await agent.WaitUntilReadyAsync("/-/ready");
            await Eventually.TrueAsync(
                async () => CountOf(await TargetsAsync(agent), "activeTargets", "droppedTargets") == 6,
                () => agent.Describe("the targets are not there"));
            foreach (JsonElement active in (await TargetsAsync(agent)).GetProperty("activeTargets").EnumerateArray())
            {
                seen.Add(active.GetProperty("labels").GetProperty("instance").GetString()!);
                all++;
            }
        }

        Assert.Equal(6, seen.Count);
        Assert.Equal(6, all);
    }

    [Fact]
    public async Task A_proxy_runs_in_its_pod_and_says_why_it_does_not_sign_yet()
    {
        using WorkingFolder folder = new();
        int port = Ports.Free();
        int admin = Ports.Free();
        List<YamlMappingNode> objects = await Helm.RenderAsync(
            "ampedge-proxy", "--set",
            string.Create(CultureInfo.InvariantCulture, $"aws.region=eu-central-1,aws.workspace=ws-1,port={port},adminPort={admin}"));
        await using RunningProgram proxy = await new Pod(objects, "Deployment", folder).StartAsync(Programs.Proxy, admin);
        await proxy.WaitUntilReadyAsync(ProbePath(objects, "Deployment", "livenessProbe"));

        using HttpResponseMessage answer = await proxy.Http.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/query?query=up"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        using HttpResponseMessage write = await proxy.Http.PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api/v1/write"), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
        Assert.Equal(0, await proxy.StopAsync());
    }

    [Fact]
    public async Task The_example_of_a_sidecar_starts_the_proxy_with_flags_that_it_takes()
    {
        string manifests = await File.ReadAllTextAsync(
            Path.Combine(Helm.ChartOf("ampedge-proxy"), "examples", "sidecar.yaml"), TestContext.Current.CancellationToken);
        YamlNode sidecar = Helm.ItemsOf(
            Helm.Only(Helm.Read(manifests.Replace("REGION", "eu-central-1", StringComparison.Ordinal)), "Deployment"),
            "spec", "template", "spec", "initContainers").Single();
        int port = Ports.Free();
        int admin = Ports.Free();
        List<string> arguments = [.. Helm.ItemsOf(sidecar, "args").Select(argument => argument.ToString()
            .Replace("--port=8005", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), StringComparison.Ordinal)
            .Replace("0.0.0.0:8006", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{admin}"), StringComparison.Ordinal))];
        await using RunningProgram proxy = RunningProgram.Start(Programs.Proxy, admin, arguments);

        await proxy.WaitUntilReadyAsync(Helm.TextOf(sidecar, "startupProbe", "httpGet", "path"));

        using HttpResponseMessage answer = await proxy.Http.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/workspaces/ws-1/api/v1/query"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("Always", Helm.TextOf(sidecar, "restartPolicy"));
    }

    private static Task<List<YamlMappingNode>> RenderAgentAsync(int port, string config, params string[] arguments) =>
        Helm.RenderAsync(
            "ampedge-agent",
            ["--set", string.Create(CultureInfo.InvariantCulture, $"port={port}"), "--set-file", $"config={config}", .. arguments]);

    private static string ProbePath(List<YamlMappingNode> objects, string kind, string probe) => Helm.TextOf(
        Helm.ItemsOf(Helm.Only(objects, kind), "spec", "template", "spec", "containers").Single(), probe, "httpGet", "path");

    private static string ServiceAccount(WorkingFolder folder, X509Certificate2 certificate)
    {
        folder.Write("account/token", Token);
        folder.Write("account/ca.crt", certificate.ExportCertificatePem());
        folder.Write("account/namespace", "mon");
        return folder.At("account");
    }

    private static async Task<JsonElement> TargetsAsync(RunningProgram agent)
    {
        using JsonDocument answer = JsonDocument.Parse(await agent.GetAsync("/api/v1/targets"));
        return answer.RootElement.GetProperty("data").Clone();
    }

    private static int CountOf(JsonElement targets, params ReadOnlySpan<string> states)
    {
        int count = 0;
        foreach (string state in states)
        {
            count += targets.GetProperty(state).GetArrayLength();
        }

        return count;
    }

    /// <summary>Each as "namespace/resource.group verb" (no namespace: everywhere), but for the right to ask a kubelet.</summary>
    private static SortedSet<string> RightsIn(List<YamlMappingNode> objects)
    {
        SortedSet<string> rights = new(StringComparer.Ordinal);
        foreach (YamlMappingNode role in objects.Where(static one => Helm.TextOf(one, "kind") is "ClusterRole" or "Role"))
        {
            foreach (YamlNode rule in Helm.ItemsOf(role, "rules"))
            {
                string group = Helm.ItemsOf(rule, "apiGroups").Single().ToString();
                foreach (YamlNode resource in Helm.ItemsOf(rule, "resources"))
                {
                    foreach (YamlNode verb in Helm.ItemsOf(rule, "verbs").Where(static verb => verb.ToString() != "get"))
                    {
                        rights.Add(RightTo(Helm.TextOf(role, "metadata", "namespace"), resource.ToString(), group, verb.ToString()));
                    }
                }
            }
        }

        return rights;
    }

    private static string RightTo(string inNamespace, string resource, string group, string verb) =>
        $"{inNamespace}/{resource}{(group.Length > 0 ? "." + group : "")} {verb}";

    /// <summary>What was asked of the server, in the same form; what may be asked everywhere counts as that.</summary>
    private static SortedSet<string> Asked(ReplayServer server, SortedSet<string> rights)
    {
        SortedSet<string> asked = new(StringComparer.Ordinal);
        foreach (ScriptedRequest request in server.Requests)
        {
            string[] target = request.Target.Split('?', 2);
            List<string> parts = [.. target[0].Trim('/').Split('/')];
            string group = parts[0] == "apis" ? parts[1] : "";
            parts.RemoveRange(0, parts[0] == "apis" ? 3 : 2);
            string inNamespace = "";
            if (parts.Count == 3)
            {
                inNamespace = parts[1];
                parts.RemoveRange(0, 2);
            }

            string verb = target[1].Contains("watch=true", StringComparison.Ordinal) ? "watch" : "list";
            string everywhere = RightTo("", parts[0], group, verb);
            asked.Add(rights.Contains(everywhere) ? everywhere : RightTo(inNamespace, parts[0], group, verb));
        }

        return asked;
    }
}
