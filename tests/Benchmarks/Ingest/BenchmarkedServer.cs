using System.Globalization;
using AmpEdge.Benchmarks.Processes;

namespace AmpEdge.Benchmarks.Ingest;

/// <summary>One of the servers that are compared, at its own defaults where those let the test through.</summary>
/// <param name="Name">As it is printed.</param>
/// <param name="Program">The executable.</param>
/// <param name="ReadyPath">Answers 200 once everything stored before is there again.</param>
/// <param name="QueryParameters">More for its instant queries.</param>
/// <param name="TakesHistograms">Native ones, by remote write, as they are sent.</param>
/// <param name="Arguments">Makes the arguments from folder and port, and what files they need.</param>
internal sealed record BenchmarkedServer(
    string Name, string Program, string ReadyPath, string QueryParameters, bool TakesHistograms, Func<string, int, string[]> Arguments)
{
    public const string WritePath = "api/v1/write";

    private static readonly TimeSpan s_readyTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Short, because the time until then is one of the figures.</summary>
    private static readonly TimeSpan s_readyInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>The server of that name, or null when it is not installed.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static BenchmarkedServer? Find(string name) => name switch
    {
        "ampedge" => Installed("AMPEDGE_SERVER", "artifacts/publish/server/ampedge-server") is { } program
            ? AmpEdge(name, program, _ => "") : null,
        "ampedge-encrypted" => Installed("AMPEDGE_SERVER", "artifacts/publish/server/ampedge-server") is { } program
            ? AmpEdge(name, program, Encryption) : null,
        "prometheus" => Installed("PROMETHEUS", "/usr/bin/prometheus") is { } program ? Prometheus(program) : null,
        "victoria-metrics" => Installed("VICTORIA_METRICS", "/usr/bin/victoria-metrics") is { } program
            ? VictoriaMetrics(program) : null,
        _ => throw new ArgumentException($"server '{name}' is not known, allowed: ampedge, ampedge-encrypted, prometheus, victoria-metrics"),
    };

    /// <summary>Returns once everything stored before is there again.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or that took too long.</exception>
    public async Task WaitUntilReadyAsync(HttpClient http, MeasuredProcess process, TimeProvider time)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            process.Require();
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(ReadyPath);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (time.GetElapsedTime(started) < s_readyTimeout)
            {
                // Not listening yet.
            }

            if (time.GetElapsedTime(started) > s_readyTimeout)
            {
                throw new InvalidOperationException($"{Name} did not become ready within {s_readyTimeout}");
            }

            await Task.Delay(s_readyInterval, time);
        }
    }

    private static BenchmarkedServer AmpEdge(string name, string program, Func<string, string> moreConfig) => new(
        name, program, "-/ready", "", TakesHistograms: true, (folder, port) =>
    [
        "--auth=none", $"--config.file={Write(folder, "workspaces: [{id: ws-ingest}]\n" + moreConfig(folder))}",
        $"--storage.path={Path.Combine(folder, "data")}", Listen("--web.listen-address", port),
    ]);

    /// <summary>Log and blocks under a key of the folder; which one makes no difference to the cost.</summary>
    private static string Encryption(string folder)
    {
        string key = Path.Combine(folder, "master.key");
        File.WriteAllBytes(key, new byte[32]);
        return $"storage: {{encryption: {{master_key_file: {key}}}}}\n";
    }

    private static BenchmarkedServer Prometheus(string program) => new(
        "prometheus", program, "-/ready", "", TakesHistograms: true, static (folder, port) =>
    [
        "--web.enable-remote-write-receiver", "--enable-feature=native-histograms", $"--config.file={Write(folder, "global: {}\n")}",
        $"--storage.tsdb.path={Path.Combine(folder, "data")}", Listen("--web.listen-address", port),
    ]);

    /// <summary>Where the same sample is there twice it shall count once, as elsewhere.</summary>
    private static BenchmarkedServer VictoriaMetrics(string program) => new(
        "victoria-metrics", program, "health", "&nocache=1", TakesHistograms: false, static (folder, port) =>
    [
        $"-storageDataPath={Path.Combine(folder, "data")}", "-retentionPeriod=1", "-search.latencyOffset=0s",
        "-dedup.minScrapeInterval=1ms", Listen("-httpListenAddr", port),
    ]);

    private static string Listen(string flag, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{flag}=127.0.0.1:{port}");

    private static string Write(string folder, string config)
    {
        string path = Path.Combine(folder, "config.yml");
        File.WriteAllText(path, config);
        return path;
    }

    private static string? Installed(string variable, string usual)
    {
        string path = Environment.GetEnvironmentVariable(variable) ?? usual;
        return File.Exists(path) ? Path.GetFullPath(path) : null;
    }
}
