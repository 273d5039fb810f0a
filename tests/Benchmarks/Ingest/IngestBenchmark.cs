using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AmpEdge.Benchmarks.Agents;
using AmpEdge.Benchmarks.Processes;
using AmpEdge.Benchmarks.Tsdb;

namespace AmpEdge.Benchmarks.Ingest;

/// <summary>
/// Writes the same requests into servers one after the other, as fast as each answers, kills it in the middle and starts it
/// again, and prints what each took. <c>make bench-ingest</c>.
/// </summary>
internal sealed class IngestBenchmark(IngestBenchmarkOptions options, string folder, TimeProvider time)
{
    private static readonly TimeSpan s_sampling = TimeSpan.FromMilliseconds(250);

    /// <summary>Kept for the kill: it comes while requests are on their way.</summary>
    private const int StepsForKill = 2;

    /// <summary>Parses the arguments, runs, prints; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (!IngestBenchmarkOptions.TryParse(args, out IngestBenchmarkOptions options, out string problem))
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        string folder = Directory.CreateTempSubdirectory("ampedge-ingest-").FullName;
        try
        {
            await new IngestBenchmark(options, folder, TimeProvider.System).RunAllAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAllAsync()
    {
        foreach (IngestSize size in options.Sizes)
        {
            EncodedSteps steps = EncodedSteps.Encode(size, time.GetUtcNow().ToUnixTimeMilliseconds(), options.Step);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n{size}, {options.Step.TotalSeconds} s apart, {EncodedSteps.RequestSamples} a request, {options.Connections} connections, {options.Duration.TotalSeconds} s at most"));
            Console.WriteLine(IngestFigures.Header);
            foreach (BenchmarkedServer server in options.Servers)
            {
                Console.WriteLine(await RunOneAsync(server, steps));
            }
        }
    }

    private async Task<IngestFigures> RunOneAsync(BenchmarkedServer server, EncodedSteps steps)
    {
        string run = Path.Combine(folder, $"{steps.Size.Name}-{server.Name}");
        Directory.CreateDirectory(run);
        int port = Nginx.FreePort();
        using HttpClient http = new()
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
            Timeout = TimeSpan.FromMinutes(5),
        };
        MeasuredProcess process = MeasuredProcess.Start(server.Program, server.Arguments(run, port), run);
        try
        {
            await server.WaitUntilReadyAsync(http, process, time);
            IngestLoad load = new(steps, http, options.Connections);
            long started = time.GetTimestamp();
            await load.SendAsync(0, 1);
            double newSeriesPerSecond = load.Acknowledged / time.GetElapsedTime(started).TotalSeconds;

            (Task sending, IngestFigures figures) = await MeasureAsync(server, process, load, steps);
            load.ExpectKill();
            process.Kill();
            await sending;
            long restarted = time.GetTimestamp();
            process = process.Restart();
            await server.WaitUntilReadyAsync(http, process, time);
            TimeSpan replay = time.GetElapsedTime(restarted);
            await load.SendUnansweredAsync();
            await Task.Delay(options.Settle, time);
            long found = await CountAsync(server, http, steps);
            return figures with
            {
                NewSeriesPerSecond = newSeriesPerSecond,
                Replay = replay,
                Expected = load.Acknowledged + load.Unanswered,
                Found = found,
                Disk = DiskUse.Of(Path.Combine(run, "data")),
            };
        }
        finally
        {
            process.Dispose();
            Directory.Delete(run, recursive: true);
        }
    }

    /// <summary>Measures until time or the steps before the last are over; sending goes on.</summary>
    private async Task<(Task Sending, IngestFigures Figures)> MeasureAsync(
        BenchmarkedServer server, MeasuredProcess process, IngestLoad load, EncodedSteps steps)
    {
        long lastMeasured = (long)steps.Size.Series * (steps.Count - StepsForKill);
        long acknowledgedBefore = load.Acknowledged;
        ProcessReading before = process.Read();
        long started = time.GetTimestamp();
        Task sending = load.SendAsync(1, steps.Count);
        double sumMiB = 0;
        int readings = 0;
        while (load.Acknowledged < lastMeasured && time.GetElapsedTime(started) < options.Duration && !sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(s_sampling, time));
            sumMiB += process.ReadMemory().NowMiB;
            readings++;
        }

        if (sending.IsFaulted)
        {
            await sending;
        }

        ProcessReading after = process.Read();
        TimeSpan elapsed = time.GetElapsedTime(started);
        long samples = load.Acknowledged - acknowledgedBefore;
        return (sending, new IngestFigures
        {
            Server = server.Name,
            NewSeriesPerSecond = 0,
            SamplesPerSecond = samples / elapsed.TotalSeconds,
            CpuSecondsPerMillion = (after.CpuTime - before.CpuTime).TotalSeconds / samples * 1e6,
            MeanMiB = sumMiB / Math.Max(1, readings),
            PeakMiB = process.ReadMemory().PeakMiB,
            Disk = default,
            Replay = default,
            Expected = 0,
            Found = 0,
        });
    }

    /// <summary>Asks for every metric by itself, so that no server's bound of a query is met.</summary>
    private static async Task<long> CountAsync(BenchmarkedServer server, HttpClient http, EncodedSteps steps)
    {
        long found = 0;
        long rangeMs = steps.LastMs - steps.FirstMs + 2;
        for (int metric = 0; metric < SyntheticSeries.Metrics; metric++)
        {
            string expression = string.Create(
                CultureInfo.InvariantCulture, $"sum(count_over_time({SyntheticSeries.MetricName(metric)}[{rangeMs}ms]))");
            string at = ((steps.LastMs + 1) / 1000m).ToString(CultureInfo.InvariantCulture);
            using JsonDocument answer = (await http.GetFromJsonAsync<JsonDocument>(
                $"api/v1/query?query={Uri.EscapeDataString(expression)}&time={at}{server.QueryParameters}"))!;
            foreach (JsonElement entry in answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
            {
                found += (long)double.Parse(entry.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            }
        }

        return found;
    }
}
