using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

/// <summary>What the documentation shows as a configuration is one.</summary>
public sealed class DocumentedSamplesTests
{
    private const string Opening = "```yaml\nscrape_configs:";

    [Fact]
    public void Every_sample_of_discovery_loads_and_loads_again_as_it_is_printed()
    {
        string page = File.ReadAllText(Path.Combine(Oracle.RepositoryRoot, "agent", "docs", "discovery.md"));
        string folder = Directory.CreateTempSubdirectory("samples").FullName;
        try
        {
            int samples = 0;
            for (int start = page.IndexOf(Opening, StringComparison.Ordinal); start >= 0; samples++)
            {
                int end = page.IndexOf("\n```", start + Opening.Length, StringComparison.Ordinal);
                string file = Path.Combine(folder, "prometheus.yml");
                File.WriteAllText(file, page[(start + "```yaml\n".Length)..end] + "\n");
                ConfigResult<AgentConfig> result = AgentConfigLoader.Load(file);
                Assert.Equal("", string.Join('\n', result.Problems));
                string printed = AgentConfigYaml.Print(result.Config!);
                File.WriteAllText(file, printed);
                ConfigResult<AgentConfig> again = AgentConfigLoader.Load(file);
                Assert.Equal("", string.Join('\n', again.Problems));
                Assert.Equal(printed, AgentConfigYaml.Print(again.Config!));
                start = page.IndexOf(Opening, end, StringComparison.Ordinal);
            }

            Assert.Equal(6, samples);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
