using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

/// <summary>The configurations inside the files that people deploy the agent with are good ones.</summary>
public sealed class DeployFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-deploy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_configuration_beside_the_systemd_unit_loads_with_the_variables_beside_it()
    {
        Dictionary<string, string> variables = [];
        foreach (string line in File.ReadLines(PathOf("agent/deploy/systemd/agent.env")))
        {
            variables.Add(line.Split('=')[0], line.Split('=')[1]);
        }

        AgentConfig config = Load(File.ReadAllText(PathOf("agent/deploy/systemd/prometheus.yml")), variables);

        Assert.Equal("{host=\"my-machine\"}", config.Global.ExternalLabels.ToString());
        Assert.Equal("aps-workspaces.eu-central-1.amazonaws.com", config.RemoteWrites[0].Url.Host);
        Assert.Equal("eu-central-1", config.RemoteWrites[0].SigV4!.Region);
    }

    [Fact]
    public void The_configuration_in_the_task_definition_loads()
    {
        using JsonDocument task = JsonDocument.Parse(File.ReadAllText(PathOf("agent/deploy/ecs/task-definition.json")));
        JsonElement variable = task.RootElement.GetProperty("containerDefinitions")[1].GetProperty("environment")[0];
        Assert.Equal("PROMETHEUS_YML", variable.GetProperty("name").GetString());

        AgentConfig config = Load(
            variable.GetProperty("value").GetString()!, new() { ["AWS_REGION"] = "eu-central-1", ["AMP_WORKSPACE"] = "ws-1" });

        Assert.Equal("task", Assert.Single(config.ScrapeConfigs).JobName);
        Assert.EndsWith("/workspaces/ws-1/api/v1/remote_write", config.RemoteWrites[0].Url.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_in_the_daemonset_loads()
    {
        ConfigErrors errors = new();
        foreach (string document in File.ReadAllText(PathOf("helm/daemonset.yaml")).Split("\n---\n"))
        {
            ConfigSection root = ConfigSection.OpenRoot("daemonset", YamlReader.Read("daemonset", document, errors)!, "", errors)!;
            if (root.Text("kind") == "ConfigMap")
            {
                AgentConfig config = Load(root.Section("data", "")!.Text("prometheus.yml"), []);
                Assert.Equal("pod", config.ScrapeConfigs[0].Discovery.Kubernetes[0].Role);
                return;
            }
        }

        Assert.Fail("the manifest has no ConfigMap");
    }

    private AgentConfig Load(string text, Dictionary<string, string> variables)
    {
        string file = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(file, text);
        ConfigResult<AgentConfig> result = AgentConfigLoader.Load(
            file, environment: name => variables.GetValueOrDefault(name), expandEnvironment: variables.Count > 0);
        Assert.Equal("", string.Join('\n', result.Problems));
        return result.Config!;
    }

    private static string PathOf(string file) => Path.Combine(Oracle.RepositoryRoot, file);
}
