using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The agent in front of a replayed API server, reached over TLS by a kubeconfig.</summary>
public sealed class KubernetesTests
{
    private const string Token = "a-token";

    private static readonly string[] s_roles = ["pod", "service", "endpointslice"];

    [Fact]
    public async Task An_agent_finds_the_targets_of_a_cluster_and_keeps_them_while_the_api_server_restarts()
    {
        using WorkingFolder folder = new();
        using X509Certificate2 certificate = LoopbackCertificate.Create();
        await using ReplayServer server = new(new ReplayCluster(), certificate) { Token = Token };
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, Config(folder, server, certificate));
        await ExpectAsync(agent, "s1");

        await server.StopAsync();
        server.Cluster.Advance();
        await Eventually.TrueAsync(
            async () => await agent.MetricAsync("ampedge_sd_kubernetes_watches_failing") == 3,
            () => agent.Describe("the agent does not notice that the server is away"));
        Assert.Equal(ExpectedTargets.Read("s1", "pod").Targets, await DroppedAsync(agent, "pod"));
        server.Start();

        await ExpectAsync(agent, "s2");
        Assert.Contains("next try in", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_are_scraped_without_a_gap_while_the_api_server_is_away_and_those_that_went_meanwhile_end_then()
    {
        using WorkingFolder folder = new();
        using X509Certificate2 certificate = LoopbackCertificate.Create();
        await using ReplayServer server = new(new ReplayCluster(), certificate) { Token = Token };
        using ScriptedTarget stays = new(static scrape => $"of_the_pod_that_stays {scrape}\n");
        using ScriptedTarget goes = new(static scrape => $"of_the_pod_that_goes {scrape}\n");
        using ScriptedTarget comes = new(static scrape => $"of_the_pod_that_comes {scrape}\n");
        using RecordingReceiver receiver = new();
        receiver.Start();
        string config = Config(folder, server, certificate, $$"""
            - job_name: scraped
              kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
              relabel_configs:
              - {action: keep, source_labels: [__address__], regex: "10.244.1.20:9121|10.0.2.12:9100|10.244.2.99:9113"}
              - {source_labels: [__meta_kubernetes_pod_name], target_label: instance}
              - {source_labels: [__address__], regex: "10.244.1.20:9121", target_label: __address__, replacement: "{{stays.Address}}"}
              - {source_labels: [__address__], regex: "10.0.2.12:9100", target_label: __address__, replacement: "{{goes.Address}}"}
              - {source_labels: [__address__], regex: "10.244.2.99:9113", target_label: __address__, replacement: "{{comes.Address}}"}
            global: {scrape_interval: 300ms, scrape_timeout: 300ms}
            remote_write: [{url: "{{receiver.WriteUrl}}", queue_config: {batch_send_deadline: 100ms} }]
            """);
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, config);
        await Eventually.TrueAsync(
            () => Task.FromResult(stays.Scrapes > 2 && goes.Scrapes > 2), () => agent.Describe("the pods are not scraped"));

        await server.StopAsync();
        server.Cluster.Advance();
        await Eventually.TrueAsync(
            async () => await agent.MetricAsync("ampedge_sd_kubernetes_watches_failing") == 3,
            () => agent.Describe("the agent does not notice that the server is away"));
        int away = goes.Scrapes;
        await Eventually.TrueAsync(
            () => Task.FromResult(goes.Scrapes > away + 5), () => agent.Describe("targets were given up"));
        server.Start();
        await Eventually.TrueAsync(
            () => Task.FromResult(comes.Scrapes > 2), () => agent.Describe("the new pod is not scraped"));
        await Eventually.TrueAsync(
            () => Task.FromResult(receiver.ArrivalsOf("of_the_pod_that_goes").Exists(static sample => StaleMarker.IsStale(sample.Value))),
            () => agent.Describe("the series of the pod that is gone do not end"));

        int end = stays.Scrapes;
        await Eventually.TrueAsync(
            () => Task.FromResult(ScrapeNumbers.HasValue(receiver.ArrivalsOf("of_the_pod_that_stays"), end)),
            () => agent.Describe("samples are missing"));
        int failed = receiver.ArrivalsOf("__name__=\"up\"", "cart-0").FindAll(static sample => sample.Value == 0).Count;
        ScrapeNumbers.AssertInOrderAndWhole(receiver.ArrivalsOf("of_the_pod_that_stays"), end, [], failed, new Gen(0));
    }

    [Fact]
    public async Task A_kubeconfig_that_wants_a_program_run_is_refused_at_start()
    {
        using WorkingFolder folder = new();
        folder.Write("kubeconfig", """
            current-context: c
            contexts: [{name: c, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
            users: [{name: u, user: {exec: {command: aws}}}]
            """);
        string config = folder.Write("agent.yml", """
            scrape_configs:
            - job_name: pod
              kubernetes_sd_configs: [{role: pod, kubeconfig_file: kubeconfig}]
            """);

        await using RunningProgram agent = RunningProgram.Start(
            Programs.Agent, 0, [$"--config.file={config}", "--config.check"]);
        await Eventually.TrueAsync(() => Task.FromResult(agent.HasExited), () => agent.Describe("it did not end by itself"));

        Assert.NotEqual(0, await agent.StopAsync());
        Assert.Contains("kubeconfig:4:32 users[0].user.exec: exec is not supported", agent.Output, StringComparison.Ordinal);
    }

    private static string Config(WorkingFolder folder, ReplayServer server, X509Certificate2 certificate, string rest = "")
    {
        folder.Write("ca.pem", certificate.ExportCertificatePem());
        folder.Write("token", Token);
        folder.Write("kubeconfig", $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test} }]
            clusters: [{name: test, cluster: {server: "{{server.Url}}", certificate-authority: ca.pem} }]
            users: [{name: test, user: {tokenFile: token} }]
            """);
        string jobs = string.Join('\n', s_roles.Select(static role => $$"""
            - job_name: {{role}}
              kubernetes_sd_configs: [{role: {{role}}, kubeconfig_file: kubeconfig}]
              relabel_configs: [{action: drop, source_labels: [__address__], regex: ".*"}]
            """));
        return $"scrape_configs:\n{jobs}\n{rest}\n";
    }

    private static async Task ExpectAsync(RunningProgram agent, string state)
    {
        foreach (string role in s_roles)
        {
            ExpectedTargets expected = ExpectedTargets.Read(state, role);
            List<string> found = [];
            await Eventually.TrueAsync(
                async () => (found = await DroppedAsync(agent, role)).SequenceEqual(expected.Targets),
                () => agent.Describe($"{state} {role}: {expected.Differences(found)}"));
        }
    }

    /// <summary>The dropped targets of a job, less the labels that come from the job's configuration.</summary>
    private static async Task<List<string>> DroppedAsync(RunningProgram agent, string job)
    {
        using JsonDocument answer = JsonDocument.Parse(await agent.GetAsync($"/api/v1/targets?state=dropped&scrapePool={job}"));
        List<string> targets = [];
        foreach (JsonElement target in answer.RootElement.GetProperty("data").GetProperty("droppedTargets").EnumerateArray())
        {
            LabelsBuilder labels = new();
            foreach (JsonProperty label in target.GetProperty("discoveredLabels").EnumerateObject())
            {
                if (!IsOfJob(label.Name))
                {
                    labels.Set(label.Name, label.Value.GetString() ?? "");
                }
            }

            targets.Add(labels.Build().ToString());
        }

        targets.Sort(StringComparer.Ordinal);
        return targets;
    }

    private static bool IsOfJob(string label) =>
        label == "job"
        || (label.StartsWith("__", StringComparison.Ordinal) && label != "__address__"
            && !label.StartsWith("__meta_", StringComparison.Ordinal));
}
