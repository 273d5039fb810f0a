using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The agent as a process, killed every few seconds, in front of a destination that misbehaves in every way it can.</summary>
public sealed class ChaosTests
{
    private const int Lives = 5;
    private const int Shards = 3;

    private static readonly TimeSpan s_killing = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("--buffer.encryption-key-file")]
    [InlineData("")]
    public async Task An_agent_killed_every_few_seconds_with_a_flapping_destination_loses_and_reorders_nothing(string keyFlag)
    {
        Gen gen = Gen.Create(3 + Environment.ProcessId);
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(static scrape => $"scrape_number {scrape}\n");
        using RecordingReceiver receiver = new() { Misbehave = number => SomeAnswer(number) };
        receiver.Start();
        string[] flags = keyFlag.Length == 0 ? [] : [$"{keyFlag}={folder.Write("key", new string('a', 64))}"];
        string config = MortalAgent.Config(
            target, 300, receiver, "{batch_send_deadline: 200ms, min_backoff: 30ms, max_backoff: 500ms}");
        MortalAgent agent = new(folder, gen, target) { Flags = flags };
        for (int life = 0; life < Lives; life++)
        {
            await agent.LiveAndDieAsync(config, minScrapes: 3, someMore: 8);
        }

        receiver.Misbehave = static _ => null;
        await using RunningProgram last = await agent.StartAsync(config);
        await agent.AssertArrivedAsync(last, receiver, 0, "scrape_number");
    }

    /// <summary>
    /// Several targets and shards, a kill every few seconds for a minute: what arrives twice is what was in flight at a kill, or
    /// what the destination took without saying so, and never more.
    /// </summary>
    [Fact]
    public async Task An_agent_killed_for_a_minute_repeats_only_what_was_in_flight()
    {
        Gen gen = Gen.Create(4 + Environment.ProcessId);
        using WorkingFolder folder = new();
        using ScriptedTarget first = new(ManySeries);
        using ScriptedTarget second = new(ManySeries);
        using RecordingReceiver receiver = new() { Misbehave = number => gen.OneIn(8) ? SomeAnswer(number) : null };
        receiver.Start();
        ScriptedTarget[] targets = [first, second];
        MortalAgent agent = new(folder, gen, targets);
        int life = 0;
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < s_killing; life++)
        {
            await agent.LiveAndDieAsync(Config(targets, receiver, life), minScrapes: 2, someMore: 8);
        }

        receiver.Misbehave = static _ => null;
        await using RunningProgram last = await agent.StartAsync(Config(targets, receiver, life));
        string[] series = new string[40];
        for (int number = 0; number < series.Length; number++)
        {
            series[number] = string.Create(CultureInfo.InvariantCulture, $"m_{number}");
        }

        for (int index = 0; index < targets.Length; index++)
        {
            await agent.AssertArrivedAsync(last, receiver, index, series);
        }

        AssertOnlyInFlightIsRepeated(receiver.Writes(), gen);
    }

    /// <summary>The disk is too small for the outage, and for a while somebody else fills it to the last byte.</summary>
    [Fact]
    public async Task An_agent_on_a_full_disk_sheds_the_oldest_goes_on_and_recovers_without_a_person()
    {
        using WorkingFolder folder = new();
        using SmallDisk disk = SmallDisk.Mount(folder, sizeKiB: 600);
        using ScriptedTarget target = new(Page);
        using RecordingReceiver receiver = new();
        string config = MortalAgent.Config(
            target, 200, receiver, "{capacity: 500, max_samples_per_send: 500, batch_send_deadline: 200ms, max_backoff: 500ms}");
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder, config, new Dictionary<string, string>(), "--storage.agent.wal-segment-size=64KiB");
        await Eventually.TrueAsync(
            async () => await agent.SumAsync("ampedge_remote_write_lost_samples_total{reason=\"disk_full\"") > 1000,
            () => agent.Describe("nothing was shed"));

        // To the last byte: now nothing can be written at all.
        byte[] filler = new byte[600 << 10];
        await using (FileStream foreign = File.Create(Path.Combine(disk.Path, "foreign"), bufferSize: 1))
        {
            await Assert.ThrowsAnyAsync<IOException>(async () => await foreign.WriteAsync(filler, TestContext.Current.CancellationToken));
        }

        int full = target.Scrapes;
        await Eventually.TrueAsync(
            () => Task.FromResult(target.Scrapes > full + 10), () => agent.Describe("scraping stopped on the full disk"));
        File.Delete(Path.Combine(disk.Path, "foreign"));
        int freed = target.Scrapes + 3;
        receiver.Start();
        await Eventually.TrueAsync(
            () => Task.FromResult(ScrapeNumbers.HasValue(receiver.ArrivalsOf("scrape_number"), freed + 5)),
            () => agent.Describe("the agent did not recover"));

        List<Sample> arrived = receiver.ArrivalsOf("__name__=\"scrape_number\"");
        double highest = 0;
        foreach (Sample sample in arrived)
        {
            if (StaleMarker.IsStale(sample.Value))
            {
                continue;
            }

            Assert.True(sample.Value > highest, $"{sample} came after {highest}");
            highest = sample.Value;
        }

        Assert.Equal(0, await agent.StopAsync());
    }

    private static string Config(ScriptedTarget[] targets, RecordingReceiver receiver, int life) => $$"""
        global: {scrape_interval: 500ms, scrape_timeout: 500ms}
        scrape_configs:
          - job_name: scripted
            static_configs: [{targets: ["{{targets[0].Address}}", "{{targets[1].Address}}"]}]
        remote_write:
          - url: {{receiver.WriteUrl}}
            name: flapping
            remote_timeout: 10s
            headers: { {{RecordedWrite.LifeHeader}}: "{{life}}" }
            queue_config:
              min_shards: {{Shards}}
              max_shards: {{Shards}}
              capacity: 100
              max_samples_per_send: 50
              batch_send_deadline: 100ms
              min_backoff: 30ms
              max_backoff: 200ms
        """;

    /// <summary>
    /// A shard saves where it is before it sends the next request. So of the requests of one life that were answered, each
    /// shard's last one at most may come again in the next, and any that were not answered may.
    /// </summary>
    private static void AssertOnlyInFlightIsRepeated(List<RecordedWrite> writes, Gen gen)
    {
        Dictionary<(string, Sample), int> firstSeen = [];
        Dictionary<string, HashSet<int>> repeatedOfLife = [];
        for (int index = 0; index < writes.Count; index++)
        {
            foreach ((string series, Sample sample) in writes[index].Samples)
            {
                if (firstSeen.TryAdd((series, sample), index))
                {
                    continue;
                }

                RecordedWrite earlier = writes[firstSeen[(series, sample)]];
                if (earlier.IsAnswered)
                {
                    Assert.True(
                        earlier.Life != writes[index].Life, $"{series} {sample} was answered and sent again in life {earlier.Life}, {gen}");
                    repeatedOfLife.TryAdd(earlier.Life, []);
                    repeatedOfLife[earlier.Life].Add(firstSeen[(series, sample)]);
                }
            }
        }

        foreach ((string life, HashSet<int> requests) in repeatedOfLife)
        {
            Assert.True(requests.Count <= Shards, $"{requests.Count} requests of life {life} were repeated, {gen}");
        }
    }

    private static string ManySeries(int scrape)
    {
        StringBuilder page = new();
        for (int series = 0; series < 40; series++)
        {
            page.Append(CultureInfo.InvariantCulture, $"m_{series} {scrape}\n");
        }

        return page.ToString();
    }

    private static string Page(int scrape)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"scrape_number {scrape}\n");
        for (int series = 0; series < 800; series++)
        {
            page.Append(CultureInfo.InvariantCulture, $"filling{{series=\"{series}\"}} {scrape}\n");
        }

        return page.ToString();
    }

    /// <summary>By the request's number, so that every kind comes up; null takes the request.</summary>
    private static HttpStatusCode? SomeAnswer(int number) => (number % 6) switch
    {
        0 => HttpStatusCode.ServiceUnavailable,
        1 => HttpStatusCode.TooManyRequests,
        2 => HttpStatusCode.InternalServerError,
        3 => RecordingReceiver.Stall,
        4 => RecordingReceiver.TakenButStall,
        _ => null,
    };
}
