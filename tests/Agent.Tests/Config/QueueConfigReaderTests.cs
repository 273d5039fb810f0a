using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

public sealed class QueueConfigReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ampedge-queue-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write", "", "1h")]
    [InlineData("https://aps-workspaces-fips.us-east-1.api.aws/workspaces/ws-1/api/v1/remote_write", "", "1h")]
    [InlineData("https://vpce-1-a.aps-workspaces.us-east-1.vpce.amazonaws.com/w", "", "1h")]
    [InlineData("https://aps-workspaces.eu-central-1.amazonaws.com/w", "sample_age_limit: 0s", "0s")]
    [InlineData("https://aps-workspaces.eu-central-1.amazonaws.com/w", "sample_age_limit: 10m", "10m")]
    [InlineData("https://aps-workspaces.eu-central-1.amazonaws.com/w", "capacity: 500", "1h")]
    [InlineData("https://logs.eu-central-1.amazonaws.com/w", "", "0s")]
    [InlineData("https://aps-workspaces.eu-central-1.amazonaws.com.example.org/w", "", "0s")]
    [InlineData("http://localhost:9090/api/v1/write", "", "0s")]
    public void The_age_limit_of_a_workspace_is_what_it_refuses_unless_something_else_is_said(string url, string queue, string limit)
    {
        AgentConfig config = Load($"url: {url}", queue);
        Assert.Equal(limit, PrometheusDuration.Format(config.RemoteWrites[0].Queue.SampleAgeLimit));

        // What is printed is what is in force, and reads the same.
        string printed = AgentConfigYaml.Print(config);
        Assert.Equal(limit != "0s" || queue.Contains("0s", StringComparison.Ordinal), printed.Contains("sample_age_limit: " + limit, StringComparison.Ordinal));
        Assert.Equal(printed, AgentConfigYaml.Print(LoadText(printed).Config!));
    }

    [Fact]
    public void Rounding_is_read_and_printed()
    {
        AgentConfig config = Load("url: http://x/w", "significant_figures: 5, round_digits: 0");

        Assert.Equal(5, config.RemoteWrites[0].Queue.SignificantFigures);
        Assert.Equal(0, config.RemoteWrites[0].Queue.RoundDigits);
        string printed = AgentConfigYaml.Print(config);
        Assert.Equal(printed, AgentConfigYaml.Print(LoadText(printed).Config!));
        Assert.Null(Load("url: http://x/w", "").RemoteWrites[0].Queue.RoundDigits);
    }

    [Theory]
    [InlineData("significant_figures: 17", "queue_config.significant_figures: remote write queue significant_figures is out of range (got '17', allowed: 0 to 16)")]
    [InlineData("round_digits: -1", "queue_config.round_digits: remote write queue round_digits is out of range (got '-1', allowed: 0 to 15)")]
    public void Rounding_that_cannot_be_is_refused(string queue, string problem)
    {
        ConfigResult<AgentConfig> result = LoadText($"remote_write: [{{url: 'http://x/w', queue_config: {{{queue}}}}}]");
        Assert.EndsWith(problem, Assert.Single(result.Problems).ToString(), StringComparison.Ordinal);
    }

    private AgentConfig Load(string entry, string queue)
    {
        ConfigResult<AgentConfig> result = LoadText(
            $"remote_write:\n- {entry}\n" + (queue.Length > 0 ? $"  queue_config: {{{queue}}}\n" : ""));
        Assert.Equal("", string.Join('\n', result.Problems));
        return result.Config!;
    }

    private ConfigResult<AgentConfig> LoadText(string text)
    {
        string file = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(file, text);
        return AgentConfigLoader.Load(file);
    }
}
