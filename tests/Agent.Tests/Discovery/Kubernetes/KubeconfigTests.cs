using System.Linq;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery.Kubernetes;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private const string Usual = """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts:
        - name: there
          context: {cluster: none, user: none}
        - name: here
          context: {cluster: c, user: u, namespace: x}
        clusters:
        - name: c
          cluster: {server: "https://[2001:db8::1]:6443/k8s/a", CLUSTER}
        users:
        - name: u
          user: {USER}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_current_contexts_server_and_token_are_taken()
    {
        ClusterAccess access = Load("certificate-authority-data: Q0EK, tls-server-name: kubernetes", "token: secret");

        Assert.Equal("https://[2001:db8::1]:6443/k8s/a", access.Server.AbsoluteUri);
        Assert.Equal("CA\n", access.HttpClient.Tls.Ca);
        Assert.Equal("kubernetes", access.HttpClient.Tls.ServerName);
        Assert.Equal("secret", access.HttpClient.Authorization?.Credentials?.Reveal());
    }

    [Fact]
    public void Files_are_relative_to_the_kubeconfig()
    {
        ClusterAccess access = Load(
            "certificate-authority: pki/ca.crt", "client-certificate: c.crt, client-key: /abs/c.key, tokenFile: t");

        Assert.Equal(Path.Combine(_folder, "pki/ca.crt"), access.HttpClient.Tls.CaFile);
        Assert.Equal(Path.Combine(_folder, "c.crt"), access.HttpClient.Tls.CertFile);
        Assert.Equal("/abs/c.key", access.HttpClient.Tls.KeyFile);
        Assert.Equal(Path.Combine(_folder, "t"), access.HttpClient.Authorization?.CredentialsFile);
    }

    [Fact]
    public void Certificates_in_the_file_users_with_passwords_and_proxies_are_taken()
    {
        ClusterAccess access = Load(
            "insecure-skip-tls-verify: true, proxy-url: 'http://proxy:3128'",
            "client-certificate-data: Q0VSVA==, client-key-data: S0VZ, username: me, password: pw, as: other, as-groups: [g]");

        Assert.True(access.HttpClient.Tls.InsecureSkipVerify);
        Assert.Equal("CERT", access.HttpClient.Tls.Cert);
        Assert.Equal("KEY", access.HttpClient.Tls.Key?.Reveal());
        Assert.Equal("me", access.HttpClient.BasicAuth?.Username);
        Assert.Equal("http://proxy:3128", access.HttpClient.Proxy.ProxyUrl);
        Assert.Equal(["Impersonate-User", "Impersonate-Group"], access.HttpClient.HttpHeaders.Select(static header => header.Name));
    }

    [Theory]
    [InlineData("", "exec: {command: aws}", ":14:16 users[0].user.exec: exec is not supported: the agent runs no other programs to get credentials")]
    [InlineData("", "auth-provider: {name: gcp}", "auth-provider is not supported")]
    [InlineData("", "client-key-data: S0VZ", "a client certificate needs both client-certificate and client-key")]
    [InlineData("certificate-authority-data: '%'", "token: x", "is not valid base64")]
    [InlineData("insecure-skip-tls-verify: true, certificate-authority: x", "token: x", "an authority is given")]
    public void What_cannot_be_used_is_refused_with_its_place(string cluster, string user, string problem)
    {
        ClusterAccessException refused = Assert.Throws<ClusterAccessException>(() => Load(cluster, user));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "kubeconfig"), refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contexts: []\n", "current-context: no context is chosen")]
    [InlineData("current-context: x\ncontexts: []\n", "there is no context of this name")]
    [InlineData("- a\n", "must be a mapping")]
    [InlineData("current-context: x\ncontexts: [{name: x, context: {cluster: y}}]\nclusters: [{name: y, cluster: {server: 'ftp://x'}}]\n", "URL scheme")]
    public void A_file_that_leads_nowhere_says_why(string text, string problem)
    {
        string file = Write(text);

        Assert.Contains(problem, Assert.Throws<ClusterAccessException>(() => Kubeconfig.Load(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_of_the_configuration_finds_what_is_wrong_with_its_kubeconfigs()
    {
        string file = Write(Usual.Replace("CLUSTER", "", StringComparison.Ordinal).Replace("USER", "exec: {}", StringComparison.Ordinal));
        AgentConfig config = new()
        {
            File = "agent.yml",
            ScrapeConfigs =
            [
                new ScrapeConfig
                {
                    JobName = "j",
                    Discovery = new DiscoveryConfigs
                    {
                        Kubernetes =
                        [
                            new KubernetesDiscoveryConfig { Role = "pod", KubeconfigFile = file },
                            new KubernetesDiscoveryConfig { Role = "node", KubeconfigFile = file },
                            new KubernetesDiscoveryConfig { Role = "node", KubeconfigFile = file + "-to-come" },
                        ],
                    },
                },
            ],
        };

        ConfigProblem problem = Assert.Single(Kubeconfig.Check(config));
        Assert.Contains("exec is not supported", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.96.0.1", "443", "https://10.96.0.1/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    [InlineData("[fd00::1]", "6443", "https://[fd00::1]:6443/")]
    public void In_a_pod_the_variables_and_the_folder_lead_in(string host, string port, string server)
    {
        ClusterAccess access = InClusterAccess.Find(name => name == "KUBERNETES_SERVICE_HOST" ? host : port, "/sa");

        Assert.Equal(server, access.Server.AbsoluteUri);
        Assert.Equal("/sa/token", access.HttpClient.Authorization?.CredentialsFile);
        Assert.Equal("/sa/ca.crt", access.HttpClient.Tls.CaFile);
    }

    [Fact]
    public void Outside_a_pod_the_ways_in_are_named()
    {
        ClusterAccessException refused = Assert.Throws<ClusterAccessException>(
            () => InClusterAccess.Find(static _ => null, "/sa"));

        Assert.Contains("set kubeconfig_file or api_server", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ClusterAccessException>(() => InClusterAccess.OwnNamespace(_folder));
        File.WriteAllText(Path.Combine(_folder, "namespace"), "monitoring");
        Assert.Equal("monitoring", InClusterAccess.OwnNamespace(_folder));
    }

    [Theory]
    [InlineData("auto", null, null, "", null)]
    [InlineData("auto", "n", null, "n", null)]
    [InlineData("auto", "n", "10.0.0.1", "n", "https://10.0.0.1:10250/")]
    [InlineData("on", "n", "fd00::1", "n", "https://[fd00::1]:10250/")]
    [InlineData("off", "n", "10.0.0.1", "", null)]
    public void The_node_comes_from_the_environment(string mode, string? node, string? address, string local, string? kubelet)
    {
        KubernetesSettings settings = KubernetesSettings.From(
            new KubernetesFlags { NodeLocal = mode }, name => name == "NODE_NAME" ? node : name == "NODE_IP" ? address : null);

        Assert.Equal(local, settings.LocalNode);
        Assert.Equal(kubelet, settings.Kubelet?.AbsoluteUri);
    }

    [Fact]
    public void A_node_that_must_be_known_and_a_kubelet_that_is_no_address_are_refused()
    {
        Assert.Throws<StartFailedException>(
            () => KubernetesSettings.From(new KubernetesFlags { NodeLocal = KubernetesFlags.On }, static _ => null));
        Assert.Throws<StartFailedException>(
            () => KubernetesSettings.From(new KubernetesFlags { KubeletUrl = "node:10250" }, static _ => "n"));
    }

    private ClusterAccess Load(string cluster, string user) => Kubeconfig.Load(Write(
        Usual.Replace("CLUSTER", cluster, StringComparison.Ordinal).Replace("USER", user, StringComparison.Ordinal)));

    private string Write(string text)
    {
        string file = Path.Combine(_folder, "kubeconfig");
        File.WriteAllText(file, text);
        return file;
    }
}
