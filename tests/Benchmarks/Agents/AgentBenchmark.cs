using System.Globalization;
using AmpEdge.Benchmarks.Processes;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>
/// Runs agents one after the other on the same targets (files behind nginx whose values change at every scrape) into the same
/// sink (nginx, which keeps the bodies), and prints what each took. <c>make bench-agents</c>.
/// </summary>
internal sealed class AgentBenchmark(AgentBenchmarkOptions options, string folder, TimeProvider time)
{
    private static readonly TimeSpan s_afterOutage = TimeSpan.FromSeconds(60);

    /// <summary>Parses the arguments, runs, prints; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (!AgentBenchmarkOptions.TryParse(args, out AgentBenchmarkOptions options, out string problem))
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        string folder = Directory.CreateTempSubdirectory("ampedge-bench-").FullName;
        try
        {
            await new AgentBenchmark(options, folder, TimeProvider.System).RunAllAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAllAsync()
    {
        foreach (BenchmarkSize size in options.Sizes)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n{size}: {size.Targets} targets × {size.SeriesPerTarget} series every {size.Interval.TotalSeconds} s, {options.Duration.TotalSeconds} s each{(options.Outage ? ", with an outage and a SIGKILL" : "")}"));
            Console.WriteLine(AgentFigures.Header);
            foreach (BenchmarkedAgent agent in options.Agents)
            {
                Console.WriteLine(await RunOneAsync(agent, size));
            }
        }
    }

    private async Task<AgentFigures> RunOneAsync(BenchmarkedAgent agent, BenchmarkSize size)
    {
        string run = Path.Combine(folder, $"{size}-{agent.Name}");
        Directory.CreateDirectory(run);
        using NginxTargets targets = await NginxTargets.StartAsync(Path.Combine(run, "targets"), size, time);
        using NginxSink sink = await NginxSink.StartAsync(Path.Combine(run, "sink"), time);
        string config = ScrapeConfiguration.Write(Path.Combine(run, "config"), agent, size, targets.Port, sink.WriteUrl);
        MeasuredProcess process = Start(agent, run, config, sink.WriteUrl);
        try
        {
            // Two intervals until every target was seen and every cache is warm.
            await WaitAsync(size.Interval * 2);
            ProcessReading before = process.Read();
            long scrapesBefore = targets.Scrapes();
            await WaitAsync(options.Duration);
            ProcessReading after = process.Read();
            long scrapes = targets.Scrapes() - scrapesBefore;
            if (options.Outage)
            {
                process = await SufferAsync(process, sink);
            }

            await process.StopAsync();
            long expected = targets.Scrapes() * size.SeriesPerTarget;
            DeliveredSamples delivered = sink.Count(SyntheticTarget.NamePrefix);
            return new AgentFigures
            {
                Agent = agent.Name,
                CpuMicrosecondsPerSample = (after.CpuTime - before.CpuTime).TotalMicroseconds / (scrapes * size.SeriesPerTarget),
                After = after,
                WireBytesPerSample = (double)delivered.Bytes / Math.Max(1, delivered.AllSamples),
                Expected = expected,
                Delivered = delivered.Distinct,
                Repeated = delivered.Repeated,
            };
        }
        finally
        {
            process.Dispose();
            Directory.Delete(run, recursive: true);
        }
    }

    private static MeasuredProcess Start(BenchmarkedAgent agent, string folder, string config, string writeUrl)
    {
        string data = Path.Combine(folder, "data");
        Directory.CreateDirectory(data);
        return MeasuredProcess.Start(agent.Program, agent.Arguments(config, data, Nginx.FreePort(), writeUrl), folder);
    }

    /// <summary>The sink is away for a minute, in the middle of which the agent is killed and started again.</summary>
    private async Task<MeasuredProcess> SufferAsync(MeasuredProcess process, NginxSink sink)
    {
        sink.TakeAway();
        await WaitAsync(TimeSpan.FromSeconds(30));
        process.Kill();
        MeasuredProcess restarted = process.Restart();
        await WaitAsync(TimeSpan.FromSeconds(30));
        await sink.BringBackAsync();
        await WaitAsync(s_afterOutage);
        return restarted;
    }

    private Task WaitAsync(TimeSpan duration) => Task.Delay(duration, time);
}
