using System.Globalization;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>Debian's Prometheus agent and ours, each with the same drawn configuration, targets and pages.</summary>
public sealed class SideBySideTests
{
    private const int Setups = 20;
    private const int ParallelSetups = 4;
    private const int ScrapesToCompare = 3;

    /// <summary>
    /// How far ahead the times on pages are: Prometheus does not deliver what is older than its own start.
    /// </summary>
    private const int OwnTimeAheadMs = 60_000;

    /// <summary>Report series whose values are the scraper's own; only that they are there is compared.</summary>
    private static readonly string[] s_ownValues = ["scrape_duration_seconds", "scrape_series_added"];

    [Fact]
    public async Task The_same_series_values_and_times_arrive_as_from_Prometheus()
    {
        Gen seeds = Gen.Create(20261122);
        List<int> setups = [];
        for (int setup = 0; setup < Setups; setup++)
        {
            setups.Add(seeds.Int(int.MaxValue));
        }

        List<string> differences = [];
        ParallelOptions options = new()
        {
            MaxDegreeOfParallelism = ParallelSetups,
            CancellationToken = TestContext.Current.CancellationToken,
        };
        await Parallel.ForEachAsync(setups, options, async (seed, _) =>
        {
            string difference = await CompareAsync(seed);
            lock (differences)
            {
                if (difference.Length > 0)
                {
                    differences.Add(difference);
                }
            }
        });
        Assert.True(differences.Count == 0, $"{seeds}\n{string.Join("\n\n", differences)}");
    }

    private static async Task<string> CompareAsync(int seed)
    {
        using WorkingFolder folder = new();
        using PageServer pages = new();
        using RecordingReceiver ofPrometheus = new();
        using RecordingReceiver ofAgent = new();
        ofPrometheus.Start();
        ofAgent.Start();
        long startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        GeneratedSetup setup = new(new Gen(seed), pages, startMs + OwnTimeAheadMs);
        await using RunningProgram prometheus = StartPrometheus(folder, setup.ConfigurationFor(ofPrometheus.WriteUrl));
        await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, setup.ConfigurationFor(ofAgent.WriteUrl));
        await prometheus.WaitUntilReadyAsync("/-/ready");
        await WaitForScrapesAsync(ofPrometheus, prometheus);
        await WaitForScrapesAsync(ofAgent, agent);
        await prometheus.StopAsync();
        await agent.StopAsync();
        long endMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        string difference = Compare(ofPrometheus.Arrivals(), ofAgent.Arrivals(), startMs, endMs);
        return difference.Length == 0
            ? ""
            : $"setup of seed {seed}:\n{difference}\n{setup.ConfigurationFor("URL")}";
    }

    private static RunningProgram StartPrometheus(WorkingFolder folder, string configuration)
    {
        int port = Ports.Free();
        return RunningProgram.Start("/usr/bin/prometheus", port,
        [
            "--enable-feature=agent",
            $"--config.file={folder.Write("peer.yml", configuration)}",
            $"--storage.agent.path={folder.At("peer")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
        ]);
    }

    /// <summary>Waits until the slowest target was scraped often enough, or until it is clear that there is none.</summary>
    private static async Task WaitForScrapesAsync(RecordingReceiver receiver, RunningProgram program)
    {
        int targets = await ActiveTargetsAsync(program);
        await Eventually.TrueAsync(
            () => Task.FromResult(Scraped(receiver, targets)),
            () => program.Describe($"{program.Name} did not deliver {ScrapesToCompare} scrapes of each of {targets} targets"));
    }

    private static bool Scraped(RecordingReceiver receiver, int targets)
    {
        int seen = 0;
        foreach ((string labels, List<Sample> samples) in receiver.Arrivals())
        {
            seen += labels.Contains("__name__=\"up\"", StringComparison.Ordinal) && samples.Count >= ScrapesToCompare ? 1 : 0;
        }

        return seen >= targets;
    }

    private static async Task<int> ActiveTargetsAsync(RunningProgram program)
    {
        int known = -1;
        await Eventually.TrueAsync(
            async () =>
            {
                // Discovery hands targets over within some seconds of the start: two equal answers in a row that show what
                // the configuration has, active or dropped.
                string answer = await program.GetAsync("/api/v1/targets");
                using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(answer);
                System.Text.Json.JsonElement data = document.RootElement.GetProperty("data");
                int active = data.GetProperty("activeTargets").GetArrayLength();
                int all = active + data.GetProperty("droppedTargets").GetArrayLength();
                bool same = all > 0 && active == known;
                known = active;
                return same;
            },
            () => program.Describe($"{program.Name} found no targets"));
        return known;
    }

    private static string Compare(
        Dictionary<string, List<Sample>> expected, Dictionary<string, List<Sample>> got, long startMs, long endMs)
    {
        StringBuilder differences = new();
        foreach (string labels in expected.Keys)
        {
            if (!got.ContainsKey(labels))
            {
                differences.AppendLine(CultureInfo.InvariantCulture, $"  missing {labels}");
            }
        }

        foreach ((string labels, List<Sample> samples) in got)
        {
            if (!expected.TryGetValue(labels, out List<Sample>? theirs))
            {
                differences.AppendLine(CultureInfo.InvariantCulture, $"  not there in Prometheus: {labels}");
                continue;
            }

            bool same = IsReport(labels)
                ? Largest(samples) == Largest(theirs)
                : Values(samples).SetEquals(Values(theirs));
            if (!IsOwnValue(labels) && !same)
            {
                differences.AppendLine(CultureInfo.InvariantCulture, $"  values {Show(samples)}, in Prometheus {Show(theirs)}: {labels}");
            }

            for (int index = 0; index < samples.Count; index++)
            {
                long timestampMs = samples[index].TimestampMs;
                bool isInside = timestampMs >= startMs && timestampMs <= endMs + OwnTimeAheadMs;
                if (!isInside || (index > 0 && timestampMs < samples[index - 1].TimestampMs))
                {
                    differences.AppendLine(CultureInfo.InvariantCulture, $"  time {timestampMs} out of place: {labels}");
                }
            }
        }

        return differences.ToString();
    }

    private static bool IsOwnValue(string labels) => Array.Exists(
        s_ownValues, name => labels.Contains($"__name__=\"{name}\"", StringComparison.Ordinal));

    /// <summary>
    /// A scrape in which a busy machine took longer than its time-out reports zeros: of reports the best scrape is compared.
    /// </summary>
    private static bool IsReport(string labels) =>
        labels.Contains("__name__=\"up\"", StringComparison.Ordinal)
        || labels.Contains("__name__=\"scrape_", StringComparison.Ordinal);

    private static double Largest(List<Sample> samples)
    {
        double largest = double.NegativeInfinity;
        foreach (Sample sample in samples)
        {
            largest = double.MaxNumber(largest, sample.Value);
        }

        return largest;
    }

    /// <summary>The bits of the values, without the markers of what ended with the program.</summary>
    private static HashSet<long> Values(List<Sample> samples)
    {
        HashSet<long> values = [];
        foreach (Sample sample in samples)
        {
            if (!StaleMarker.IsStale(sample.Value))
            {
                values.Add(BitConverter.DoubleToInt64Bits(sample.Value));
            }
        }

        return values;
    }

    private static string Show(List<Sample> samples) =>
        string.Join(' ', samples.ConvertAll(sample => sample.Value.ToString("R", CultureInfo.InvariantCulture)));
}
