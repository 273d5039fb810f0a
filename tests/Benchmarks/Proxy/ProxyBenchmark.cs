using System.Globalization;
using System.Net.Sockets;
using AmpEdge.Benchmarks.Agents;
using AmpEdge.Benchmarks.Processes;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>
/// Sends the same requests through several proxies to one sink, in turns, and prints what each took. <c>make bench-proxy</c>.
/// </summary>
internal sealed class ProxyBenchmark(ProxyBenchmarkOptions options, string folder, TimeProvider time)
{
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);

    /// <summary>Parses the arguments, runs, prints; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (!ProxyBenchmarkOptions.TryParse(args, out ProxyBenchmarkOptions options, out string problem))
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        string folder = Directory.CreateTempSubdirectory("ampedge-proxies-").FullName;
        try
        {
            await new ProxyBenchmark(options, folder, TimeProvider.System).RunAllAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAllAsync()
    {
        int sinkPort = Nginx.FreePort();
        using Nginx sink = await ProxySink.StartAsync(Path.Combine(folder, "sink"), sinkPort, time);
        foreach (ProxyWorkload workload in options.Workloads)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n{workload.Name}: {options.Connections} connections, {options.Rounds} rounds of {options.Duration.TotalSeconds} s; latencies at {workload.RequestsPerSecond} requests/s; load average {LoadAverage()}"));
            Console.WriteLine(ProxyFigures.Header);
            foreach (ProxyFigures figures in await RunWorkloadAsync(workload, sinkPort))
            {
                Console.WriteLine(figures);
            }
        }
    }

    /// <summary>All proxies run at once and have their turns one after the other, so that a slow phase of the machine meets all.</summary>
    private async Task<List<ProxyFigures>> RunWorkloadAsync(ProxyWorkload workload, int sinkPort)
    {
        List<ProxyRun> runs = [];
        try
        {
            foreach (BenchmarkedProxy proxy in options.Proxies)
            {
                int port = Nginx.FreePort();
                string own = Directory.CreateDirectory(Path.Combine(folder, $"{workload.Name}-{runs.Count}")).FullName;
                MeasuredProcess process = MeasuredProcess.Start(proxy.Program, proxy.Arguments(own, port, sinkPort), own);
                runs.Add(new ProxyRun(proxy.Name, process, new ProxyLoad(port, workload, options.Connections, time)));
                await WaitUntilAnsweringAsync(port, process);
            }

            await Task.Delay(s_rest, time);
            foreach (ProxyRun run in runs)
            {
                run.Rest();
                run.Load.Saturate(options.WarmUp);
            }

            for (int round = 0; round < options.Rounds; round++)
            {
                foreach (ProxyRun run in runs)
                {
                    run.Saturate(options.Duration);
                }
            }

            foreach (ProxyRun run in runs)
            {
                run.Pace(2 * options.Duration);
            }

            await Task.Delay(s_rest, time);
            return runs.ConvertAll(run => run.Figures());
        }
        finally
        {
            foreach (ProxyRun run in runs)
            {
                run.Dispose();
            }
        }
    }

    /// <summary>Until it takes connections, which ours does last of all; its keys come from the environment, at once.</summary>
    private async Task WaitUntilAnsweringAsync(int port, MeasuredProcess process)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            process.Require();
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (time.GetElapsedTime(started) < s_startTimeout)
            {
                // Not listening yet.
                await Task.Delay(TimeSpan.FromMilliseconds(20), time);
            }
        }
    }

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
