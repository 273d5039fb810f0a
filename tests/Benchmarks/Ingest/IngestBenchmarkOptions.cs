using System.Globalization;

namespace AmpEdge.Benchmarks.Ingest;

/// <summary>What is compared, and for how long.</summary>
internal sealed record IngestBenchmarkOptions
{
    public IReadOnlyList<IngestSize> Sizes { get; init; } = [IngestSize.Find("100k"), IngestSize.Find("1m")];

    public IReadOnlyList<BenchmarkedServer> Servers { get; init; } = [];

    /// <summary>How long each server is measured at most, once it has every series; it ends earlier when nothing is left to send.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between two samples of a series.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Left to a server to write out what it has, before the disk is looked at.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);

    public int Connections { get; init; } = 2;

    /// <summary>
    /// Reads <c>size=10k,100k,1m servers=ampedge,prometheus,victoria-metrics seconds=60 step=15 settle=10 connections=2</c>;
    /// our server is the published one unless <c>AMPEDGE_SERVER</c> names another.
    /// </summary>
    public static bool TryParse(string[] args, out IngestBenchmarkOptions options, out string problem)
    {
        options = new IngestBenchmarkOptions();
        problem = "";
        IReadOnlyList<string> servers = ["ampedge", "prometheus", "victoria-metrics"];
        try
        {
            foreach (string arg in args)
            {
                string[] parts = arg.Split('=', 2);
                switch (parts)
                {
                    case ["size", string sizes]:
                        options = options with { Sizes = [.. Array.ConvertAll(sizes.Split(','), IngestSize.Find)] };
                        break;
                    case ["servers", string names]:
                        servers = names.Split(',');
                        break;
                    case [string name, string value]
                        when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0:
                        options = options.With(name, number);
                        break;
                    default:
                        throw new ArgumentException($"got '{arg}'");
                }
            }

            options = options with { Servers = Find(servers) };
            return true;
        }
        catch (ArgumentException error)
        {
            problem = error.Message
                + "; the arguments are size=10k,100k,1m servers=ampedge,prometheus,victoria-metrics seconds=N step=N settle=N connections=N";
            return false;
        }
    }

    private IngestBenchmarkOptions With(string name, int number) => name switch
    {
        "seconds" => this with { Duration = TimeSpan.FromSeconds(number) },
        "step" => this with { Step = TimeSpan.FromSeconds(number) },
        "settle" => this with { Settle = TimeSpan.FromSeconds(number) },
        "connections" => this with { Connections = number },
        _ => throw new ArgumentException($"'{name}' is not known"),
    };

    private static List<BenchmarkedServer> Find(IReadOnlyList<string> names)
    {
        List<BenchmarkedServer> servers = [];
        foreach (string name in names)
        {
            if (BenchmarkedServer.Find(name) is { } server)
            {
                servers.Add(server);
            }
            else
            {
                Console.WriteLine($"{name} is not installed and takes no part");
            }
        }

        return servers;
    }
}
