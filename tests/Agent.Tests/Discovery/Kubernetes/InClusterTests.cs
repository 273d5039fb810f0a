using System.Globalization;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Tests.Support;
using AmpEdge.Tests.Support.Kubernetes;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>An agent in a pod: variables, a folder that the kubelet keeps fresh, and the server over TLS.</summary>
public sealed class InClusterTests : IDisposable
{
    private static readonly TimeSpan s_retries = TimeSpan.FromSeconds(46);

    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-pod-").FullName;
    private readonly X509Certificate2 _certificate = LoopbackCertificate.Create();

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_pods_of_the_own_namespace_are_found_and_a_replaced_token_is_taken_up()
    {
        File.WriteAllText(Path.Combine(_folder, "namespace"), "batch");
        SwapFiles("..first", "first-token");
        string port = "";
        await using DiscoveryWorld world = new(settings: Settings(() => port), certificate: _certificate);
        port = world.Server.Port.ToString(CultureInfo.InvariantCulture);
        world.Server.Token = "first-token";
        FoundTargets found = world.Start(new KubernetesDiscoveryConfig { Role = "pod", OwnNamespace = true });
        List<string> expected = [.. ExpectedTargets.Read("s1", "pod.ns-shop-batch").Targets.Where(
            static target => target.Contains("__meta_kubernetes_namespace=\"batch\"", StringComparison.Ordinal))];
        await world.UntilAsync(() => found.Targets().SequenceEqual(expected), () => string.Join('\n', found.Targets()), s_retries);

        SwapFiles("..second", "second-token");
        world.Server.Token = "second-token";
        world.Server.EndWatches(cut: true);
        world.Cluster.Change("/api/v1/pods", "DELETED", world.Cluster.Find("/api/v1/pods", "batch/oneshot-y2y2y") ?? "");

        await world.UntilAsync(
            () => found.Targets().Count < expected.Count, () => string.Join('\n', found.Targets()), s_retries);
        Assert.All(world.Server.Requests, static request => Assert.StartsWith("/api/v1/namespaces/batch/pods?", request.Target, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_outside_a_cluster_says_so_and_goes_on_looking()
    {
        await using DiscoveryWorld world = new(
            settings: new KubernetesSettings { Environment = static _ => null, ServiceAccountFolder = _folder });
        world.Start(new KubernetesDiscoveryConfig { Role = "pod" });

        await world.UntilAsync(
            () => world.Metric("ampedge_sd_kubernetes_failures_total{role=\"pod\",reason=\"access\"}") >= 3, static () => "no further look", s_retries);
        Assert.Contains("set kubeconfig_file or api_server", Assert.Single(world.Log.Lines), StringComparison.Ordinal);
    }

    private KubernetesSettings Settings(Func<string> port) => new()
    {
        ServiceAccountFolder = _folder,
        Environment = name => name == "KUBERNETES_SERVICE_HOST" ? "127.0.0.1" : name == "KUBERNETES_SERVICE_PORT" ? port() : null,
    };

    /// <summary>As the kubelet does it: the files are links by way of a folder that is swapped whole.</summary>
    private void SwapFiles(string version, string token)
    {
        string target = Path.Combine(_folder, version);
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "token"), token);
        File.WriteAllText(Path.Combine(target, "ca.crt"), _certificate.ExportCertificatePem());
        string data = Path.Combine(_folder, "..data");
        string next = Path.Combine(_folder, "..next");
        Directory.CreateSymbolicLink(next, version);
        File.Delete(data);
        Directory.Move(next, data);
        foreach (string name in (ReadOnlySpan<string>)["token", "ca.crt"])
        {
            string link = Path.Combine(_folder, name);
            if (!File.Exists(link))
            {
                File.CreateSymbolicLink(link, Path.Combine("..data", name));
            }
        }
    }
}
