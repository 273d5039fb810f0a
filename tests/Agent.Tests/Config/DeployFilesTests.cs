using System.Diagnostics;
using System.Linq;
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
    public void The_task_definition_gives_the_agent_flags_that_it_has_and_volumes_that_are_there()
    {
        using JsonDocument task = JsonDocument.Parse(File.ReadAllText(PathOf("agent/deploy/ecs/task-definition.json")));
        HashSet<string> volumes = [];
        foreach (JsonElement volume in task.RootElement.GetProperty("volumes").EnumerateArray())
        {
            volumes.Add(volume.GetProperty("name").GetString()!);
        }

        foreach (JsonElement container in task.RootElement.GetProperty("containerDefinitions").EnumerateArray())
        {
            if (container.TryGetProperty("mountPoints", out JsonElement mounts))
            {
                Assert.All(mounts.EnumerateArray(), mount => Assert.Contains(mount.GetProperty("sourceVolume").GetString()!, volumes));
            }

            if (container.GetProperty("name").GetString() == "ampedge-agent")
            {
                AssertFlags([.. container.GetProperty("command").EnumerateArray().Select(static flag => flag.GetString()!)]);
            }
        }
    }

    [Fact]
    public void The_systemd_unit_gives_the_agent_flags_that_it_has_and_satisfies_systemd()
    {
        string unit = File.ReadAllText(PathOf("agent/deploy/systemd/ampedge-agent.service"));
        string command = unit.Split("ExecStart=")[1].Split("\n\n")[0].Split("\nExecReload=")[0];
        string[] words = command.Split([' ', '\\', '\n'], StringSplitOptions.RemoveEmptyEntries);
        AssertFlags(words[1..]);

        // The program is wherever it was put; systemd looks whether it can be run.
        string copy = Path.Combine(_folder, "ampedge-agent.service");
        File.WriteAllText(copy, unit.Replace(words[0], "/bin/true", StringComparison.Ordinal));
        using Process verify = Process.Start(new ProcessStartInfo(Oracle.Program("systemd-analyze"), ["verify", copy])
        {
            RedirectStandardError = true,
        })!;
        string said = verify.StandardError.ReadToEnd();
        verify.WaitForExit();
        Assert.True(verify.ExitCode == 0 && said.Length == 0, said);
    }

    private static void AssertFlags(string[] flags)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Assert.True(new AgentFlags().TryRead(flags, output, error, out _), error.ToString());
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
