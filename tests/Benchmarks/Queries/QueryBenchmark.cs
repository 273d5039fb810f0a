using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AmpEdge.Benchmarks.Agents;
using AmpEdge.Benchmarks.Ingest;
using AmpEdge.Benchmarks.Processes;

namespace AmpEdge.Benchmarks.Queries;

/// <summary>
/// The same samples in servers one after the other, each started again before it is asked; every query once cold, then some
/// rounds of each, more of those that are answered at once. Prints what each took, and ratios. <c>make bench-queries</c>.
/// </summary>
internal sealed class QueryBenchmark(QueryBenchmarkOptions options, string folder, TimeProvider time)
{
    /// <summary>As many points as a graph is wide in Grafana, about.</summary>
    private const int StepsOfGraph = 240;

    /// <summary>A query is asked for at least so long, since the processor time of a short one is in ticks of ten milliseconds.</summary>
    private const double LeastWarmMs = 1000;

    private const int MostWarmRounds = 2000;

    /// <summary>Parses the arguments, runs, prints; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (!QueryBenchmarkOptions.TryParse(args, out QueryBenchmarkOptions options, out string problem))
        {
            await Console.Error.WriteLineAsync(problem);
            return 2;
        }

        string folder = Directory.CreateTempSubdirectory("ampedge-queries-").FullName;
        try
        {
            await new QueryBenchmark(options, folder, TimeProvider.System).RunAllAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAllAsync()
    {
        NodeFleet fleet = new(options.Hosts);
        int steps = options.Minutes * 60_000 / QueryLoad.StepMs;
        long endMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        long startMs = endMs - ((steps - 1) * (long)QueryLoad.StepMs);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{fleet.Count} series, {steps} samples of each, {options.Rounds} rounds"));
        List<QueryFigures?[]> figures = [];
        foreach (BenchmarkedServer server in options.Servers)
        {
            figures.Add(await MeasureAsync(server, fleet, startMs, endMs, steps));
        }

        QueryTable.Print(options, figures);
    }

    private async Task<QueryFigures?[]> MeasureAsync(BenchmarkedServer server, NodeFleet fleet, long startMs, long endMs, int steps)
    {
        string run = Path.Combine(folder, server.Name);
        Directory.CreateDirectory(run);
        int port = Nginx.FreePort();
        using HttpClient http = new()
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
            Timeout = TimeSpan.FromMinutes(5),
        };
        bool isGivenBlocks = options.ByBlocks && server.Name == "prometheus";
        if (isGivenBlocks)
        {
            Directory.Move(Path.Combine(folder, "blocks"), Path.Combine(run, "data"));
        }

        MeasuredProcess process = MeasuredProcess.Start(server.Program, server.Arguments(run, port), run);
        try
        {
            await server.WaitUntilReadyAsync(http, process, time);
            if (!isGivenBlocks)
            {
                await QueryLoad.SendAsync(http, fleet, startMs, steps, server.TakesHistograms);
                await process.StopAsync();
                await ExportAsync(server, run);
                process = process.Restart();
                await server.WaitUntilReadyAsync(http, process, time);
            }

            return await AskAllAsync(server, http, process, startMs, endMs);
        }
        finally
        {
            process.Dispose();
            Directory.Delete(run, recursive: true);
        }
    }

    /// <summary>What the first server holds as blocks for Prometheus, when it is to have them that way.</summary>
    private async Task ExportAsync(BenchmarkedServer server, string run)
    {
        if (!options.ByBlocks || server != options.Servers[0])
        {
            return;
        }

        string[] arguments =
            ["export", "--to", Path.Combine(folder, "blocks"), "--storage.path", Path.Combine(run, "data"), "--workspace", "ws-ingest"];
        using Process export = Process.Start(new ProcessStartInfo(server.Program, arguments) { RedirectStandardOutput = true })!;
        await export.StandardOutput.ReadToEndAsync();
        await export.WaitForExitAsync();
        if (export.ExitCode != 0)
        {
            throw new InvalidOperationException($"the export of blocks ended with {export.ExitCode}");
        }
    }

    private async Task<QueryFigures?[]> AskAllAsync(
        BenchmarkedServer server, HttpClient http, MeasuredProcess process, long startMs, long endMs)
    {
        QueryFigures?[] figures = new QueryFigures?[options.Queries.Count];
        string[] paths = new string[figures.Length];
        for (int query = 0; query < paths.Length; query++)
        {
            if (server.TakesHistograms || !options.Queries[query].OfNativeHistograms)
            {
                paths[query] = PathOf(options.Queries[query], server, startMs, endMs);
                figures[query] = await AskColdAsync(server, http, paths[query]);
            }
        }

        for (int query = 0; query < paths.Length; query++)
        {
            if (figures[query] is not { } cold)
            {
                continue;
            }

            double allocatedBefore = await AllocatedAsync(server, http);
            ProcessReading before = process.Read();
            List<double> times = [];
            for (double spentMs = 0; times.Count < options.Rounds || (spentMs < LeastWarmMs && times.Count < MostWarmRounds); spentMs += times[^1])
            {
                times.Add((await AskAsync(http, paths[query])).Milliseconds);
            }

            double cpuMs = (process.Read().CpuTime - before.CpuTime).TotalMilliseconds / times.Count;
            double allocated = (await AllocatedAsync(server, http) - allocatedBefore) / times.Count;
            times.Sort();
            figures[query] = cold with { WarmMs = times[times.Count / 2], CpuMs = cpuMs, AllocatedBytes = allocated };
        }

        return figures;
    }

    /// <summary>Null when the server refuses, such as for a limit of its own.</summary>
    private async Task<QueryFigures?> AskColdAsync(BenchmarkedServer server, HttpClient http, string path)
    {
        try
        {
            (double coldMs, int entries) = await AskAsync(http, path);
            return new QueryFigures(coldMs, 0, 0, 0, entries);
        }
        catch (HttpRequestException refused) when (refused.StatusCode is not null)
        {
            Console.WriteLine($"{server.Name} refuses {refused.Message}");
            return null;
        }
    }

    private static string PathOf(DashboardQuery query, BenchmarkedServer server, long startMs, long endMs)
    {
        string start = (startMs / 1000m).ToString(CultureInfo.InvariantCulture);
        string end = (endMs / 1000m).ToString(CultureInfo.InvariantCulture);
        string text = Uri.EscapeDataString(query.Text);
        long step = Math.Max(15, (endMs - startMs) / 1000 / StepsOfGraph);
        return query.Kind switch
        {
            QueryKind.Range => string.Create(
                CultureInfo.InvariantCulture,
                $"api/v1/query_range?query={text}&start={start}&end={end}&step={step}{server.QueryParameters}"),
            QueryKind.Instant => $"api/v1/query?query={text}&time={end}{server.QueryParameters}",
            _ => $"api/v1/{Escaped(query.Text)}&start={start}&end={end}",
        };
    }

    private static string Escaped(string pathAndMatch)
    {
        int value = pathAndMatch.IndexOf("match[]=", StringComparison.Ordinal);
        return value < 0 ? pathAndMatch : pathAndMatch[..(value + 8)] + Uri.EscapeDataString(pathAndMatch[(value + 8)..]);
    }

    /// <summary>Until the last byte is there; the answer is looked into afterwards.</summary>
    private async Task<(double Milliseconds, int Entries)> AskAsync(HttpClient http, string path)
    {
        long started = time.GetTimestamp();
        using HttpResponseMessage answer = await http.GetAsync(path);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        double milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
        if (!answer.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{path}: {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}", inner: null, answer.StatusCode);
        }

        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement data = document.RootElement.GetProperty("data");
        return (milliseconds, (data.ValueKind == JsonValueKind.Array ? data : data.GetProperty("result")).GetArrayLength());
    }

    private static async Task<double> AllocatedAsync(BenchmarkedServer server, HttpClient http)
    {
        const string Metric = "dotnet_gc_allocated_bytes_total ";
        if (server.Name != "ampedge")
        {
            return 0;
        }

        foreach (string line in (await http.GetStringAsync("metrics")).Split('\n'))
        {
            if (line.StartsWith(Metric, StringComparison.Ordinal))
            {
                return double.Parse(line[Metric.Length..], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }
}
