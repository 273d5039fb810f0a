using System.Globalization;
using AmpEdge.Benchmarks.Ingest;

namespace AmpEdge.Benchmarks.Queries;

/// <summary>What is compared, over how much.</summary>
internal sealed record QueryBenchmarkOptions
{
    public int Hosts { get; init; } = 1_000;

    /// <summary>Minutes of samples, fifteen seconds apart.</summary>
    public int Minutes { get; init; } = 360;

    /// <summary>How often each query is asked after the first time.</summary>
    public int Rounds { get; init; } = 5;

    public IReadOnlyList<BenchmarkedServer> Servers { get; init; } = [];

    /// <summary>What is asked.</summary>
    public IReadOnlyList<DashboardQuery> Queries { get; init; } = DashboardQuery.All;

    /// <summary>
    /// Prometheus is not sent the samples but given the blocks that the first server, ours, exports: many hours take it too long.
    /// </summary>
    public bool ByBlocks { get; init; }

    /// <summary>
    /// Reads <c>hosts=1000 minutes=360 rounds=5 queries=all|lists prometheus=sent|blocks servers=ampedge,prometheus,victoria-metrics</c>;
    /// our server is the published one unless <c>AMPEDGE_SERVER</c> names another.
    /// </summary>
    public static bool TryParse(string[] args, out QueryBenchmarkOptions options, out string problem)
    {
        options = new QueryBenchmarkOptions();
        problem = "";
        string names = "ampedge,prometheus,victoria-metrics";
        try
        {
            foreach (string arg in args)
            {
                string[] parts = arg.Split('=', 2);
                if (parts is ["servers", string given])
                {
                    names = given;
                }
                else
                {
                    options = parts is [string name, string text] && options.With(name, text) is { } chosen
                        ? chosen
                        : options.With(parts[0], Number(arg, parts));
                }
            }

            options = options with { Servers = Find(names.Split(',')) };
            problem = options.ByBlocks && options.Servers[0].Name != "ampedge" ? "prometheus=blocks needs ampedge as the first server" : "";
            return problem.Length == 0;
        }
        catch (ArgumentException error)
        {
            problem = error.Message + "; the arguments are hosts=N minutes=N rounds=N queries=all|lists prometheus=sent|blocks servers=ampedge,prometheus,victoria-metrics";
            return false;
        }
    }

    private static int Number(string arg, string[] parts) =>
        parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new ArgumentException($"got '{arg}', which is none of them");

    private QueryBenchmarkOptions? With(string name, string text) => (name, text) switch
    {
        ("queries", "all") => this with { Queries = DashboardQuery.All },
        ("queries", "lists") => this with { Queries = DashboardQuery.Lists },
        ("prometheus", "sent") => this with { ByBlocks = false },
        ("prometheus", "blocks") => this with { ByBlocks = true },
        _ => null,
    };

    private QueryBenchmarkOptions With(string name, int number) => name switch
    {
        "hosts" => this with { Hosts = number },
        "minutes" => this with { Minutes = number },
        "rounds" => this with { Rounds = number },
        _ => throw new ArgumentException($"got '{name}', which is not known"),
    };

    private static List<BenchmarkedServer> Find(string[] names)
    {
        List<BenchmarkedServer> servers = [];
        foreach (string name in names)
        {
            servers.Add(BenchmarkedServer.Find(name) ?? throw new ArgumentException($"server '{name}' is not installed"));
        }

        return servers;
    }
}
