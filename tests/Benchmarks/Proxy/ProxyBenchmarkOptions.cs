using System.Globalization;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>What is compared, and for how long.</summary>
internal sealed record ProxyBenchmarkOptions
{
    public IReadOnlyList<ProxyWorkload> Workloads { get; init; } = ProxyWorkload.All;

    public IReadOnlyList<BenchmarkedProxy> Proxies { get; init; } = [];

    /// <summary>How often each proxy has its turn at saturation.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>How long one turn lasts; latencies are measured twice as long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Before anything is measured: code is compiled anew while it is used.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(6);

    public int Connections { get; init; } = 8;

    /// <summary>
    /// Reads <c>workloads=write-64k,write-1m,query,answer-10m proxies=ampedge,nginx,aws-sigv4-proxy rounds=3 seconds=4 warmup=6
    /// connections=8</c>; our proxy is the published one unless <c>AMPEDGE_PROXY</c> names another.
    /// </summary>
    public static bool TryParse(string[] args, out ProxyBenchmarkOptions options, out string problem)
    {
        options = new ProxyBenchmarkOptions();
        problem = "";
        IReadOnlyList<string> proxies = ["ampedge", "nginx", "aws-sigv4-proxy"];
        try
        {
            foreach (string arg in args)
            {
                string[] parts = arg.Split('=', 2);
                switch (parts)
                {
                    case ["workloads", string names]:
                        options = options with { Workloads = [.. Array.ConvertAll(names.Split(','), ProxyWorkload.Find)] };
                        break;
                    case ["proxies", string names]:
                        proxies = names.Split(',');
                        break;
                    case [string name, string value]
                        when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0:
                        options = options.With(name, number);
                        break;
                    default:
                        throw new ArgumentException($"got '{arg}'");
                }
            }

            options = options with { Proxies = Find(proxies) };
            return true;
        }
        catch (ArgumentException error)
        {
            problem = error.Message
                + "; the arguments are workloads=write-64k,write-1m,query,answer-10m proxies=ampedge,nginx,aws-sigv4-proxy rounds=N seconds=N warmup=N connections=N";
            return false;
        }
    }

    private ProxyBenchmarkOptions With(string name, int number) => name switch
    {
        "rounds" => this with { Rounds = number },
        "seconds" => this with { Duration = TimeSpan.FromSeconds(number) },
        "warmup" => this with { WarmUp = TimeSpan.FromSeconds(number) },
        "connections" => this with { Connections = number },
        _ => throw new ArgumentException($"'{name}' is not known"),
    };

    private static List<BenchmarkedProxy> Find(IReadOnlyList<string> names)
    {
        List<BenchmarkedProxy> proxies = [];
        foreach (string name in names)
        {
            if (BenchmarkedProxy.Find(name) is { } proxy)
            {
                proxies.Add(proxy);
            }
            else
            {
                Console.WriteLine($"{name} is not installed and takes no part");
            }
        }

        return proxies;
    }
}
