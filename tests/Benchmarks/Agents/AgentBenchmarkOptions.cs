using System.Globalization;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>What is compared, and for how long.</summary>
internal sealed record AgentBenchmarkOptions
{
    public IReadOnlyList<BenchmarkSize> Sizes { get; init; } = BenchmarkSize.All;

    public IReadOnlyList<BenchmarkedAgent> Agents { get; init; } = [];

    /// <summary>How long each agent is measured, after it is warm.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether the sink goes away afterwards and the agent is killed while it is away.</summary>
    public bool Outage { get; init; }

    /// <summary>
    /// Reads <c>size=small,medium agents=ampedge,prometheus,vmagent seconds=60 outage</c>; our agent is the published one unless
    /// <c>AMPEDGE_AGENT</c> names another, vmagent takes part when it is installed or <c>VMAGENT</c> names it.
    /// </summary>
    public static bool TryParse(string[] args, out AgentBenchmarkOptions options, out string problem)
    {
        options = new AgentBenchmarkOptions();
        problem = "";
        IReadOnlyList<string> agents = ["ampedge", "prometheus", "vmagent"];
        foreach (string arg in args)
        {
            string[] parts = arg.Split('=', 2);
            switch (parts)
            {
                case ["size", string sizes]:
                    options = options with { Sizes = [.. Array.ConvertAll(sizes.Split(','), FindSize)] };
                    break;
                case ["agents", string names]:
                    agents = names.Split(',');
                    break;
                case ["seconds", string seconds]
                    when int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0:
                    options = options with { Duration = TimeSpan.FromSeconds(count) };
                    break;
                case ["outage"]:
                    options = options with { Outage = true };
                    break;
                default:
                    problem = $"got '{arg}', allowed: size=small,medium,large agents=ampedge,prometheus,vmagent seconds=N outage";
                    return false;
            }
        }

        List<BenchmarkedAgent> found = [];
        foreach (string name in agents)
        {
            if (Find(name) is { } agent)
            {
                found.Add(agent);
            }
            else
            {
                Console.WriteLine($"{name} is not installed and takes no part");
            }
        }

        options = options with { Agents = found };
        return true;
    }

    private static BenchmarkSize FindSize(string name)
    {
        foreach (BenchmarkSize size in BenchmarkSize.All)
        {
            if (size.Name == name)
            {
                return size;
            }
        }

        throw new ArgumentException($"size '{name}' is not known, allowed: small, medium, large");
    }

    private static BenchmarkedAgent? Find(string name) => name switch
    {
        "ampedge" => Installed("AMPEDGE_AGENT", "artifacts/publish/agent/ampedge-agent") is { } program
            ? BenchmarkedAgent.AmpEdge(program) : null,
        "prometheus" => Installed("PROMETHEUS", "/usr/bin/prometheus") is { } program
            ? BenchmarkedAgent.Prometheus(program) : null,
        "vmagent" => Installed("VMAGENT", "/usr/bin/vmagent") is { } program ? BenchmarkedAgent.VmAgent(program) : null,
        _ => throw new ArgumentException($"agent '{name}' is not known, allowed: ampedge, prometheus, vmagent"),
    };

    private static string? Installed(string variable, string usual)
    {
        string path = Environment.GetEnvironmentVariable(variable) ?? usual;
        return File.Exists(path) ? Path.GetFullPath(path) : null;
    }
}
