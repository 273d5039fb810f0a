using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>The agent on a machine whose clock is set back and forward while it scrapes and while its destination is away.</summary>
public sealed class ClockStepTests
{
    private const int ScrapesPerStep = 8;

    /// <summary>Enough for some segments.</summary>
    private const int ScrapesOfBacklog = 50;

    /// <summary>At four a second: the buffer looks for segments that are too old every ten seconds.</summary>
    private const int ScrapesUntilTruncation = 45;

    /// <summary>Ahead of the true time: on by more than the buffer keeps, back to an hour ago, to last year, and to the truth.</summary>
    private static readonly TimeSpan[] s_steps =
        [TimeSpan.FromHours(30), TimeSpan.FromHours(-1), TimeSpan.FromDays(-400), TimeSpan.Zero];

    [Fact]
    public async Task A_clock_that_is_set_stops_nothing_and_what_a_destination_refuses_for_it_is_counted()
    {
        using WorkingFolder folder = new();
        SteppedClock clock = new(folder);
        using ScriptedTarget target = new(static scrape => $"scrape_number {scrape}\n");
        using RecordingReceiver lenient = new();
        using RecordingReceiver strict = new() { RefusesOutOfOrder = true };
        strict.Start();
        await using RunningProgram agent = await Pipeline.StartAgentAsync(
            folder, Config(target, lenient, strict), clock.Environment, "--storage.agent.wal-segment-size=1KiB", "--buffer.max-age=24h");

        // The backlog of an outage must not be taken for older than it is.
        await ScrapesAsync(agent, target, ScrapesOfBacklog);
        clock.Set(s_steps[0]);
        await ScrapesAsync(agent, target, ScrapesUntilTruncation);
        lenient.Start();
        foreach (TimeSpan step in s_steps.AsSpan(1).ToArray())
        {
            clock.Set(step);
            await ScrapesAsync(agent, target, ScrapesPerStep);
        }

        int end = target.Scrapes;
        await Eventually.TrueAsync(
            () => Task.FromResult(ScrapeNumbers.HasValue(lenient.ArrivalsOf("scrape_number"), end)),
            () => agent.Describe("the samples did not all arrive"));

        AssertWholeAndInOrder(lenient, end);
        Assert.Equal(0, await agent.SumAsync("ampedge_remote_write_lost_samples_total"));
        await AssertRefusalsAreCountedAsync(agent, strict, end);
        Assert.Equal(0, await agent.StopAsync());
    }

    private static string Config(ScriptedTarget target, RecordingReceiver lenient, RecordingReceiver strict) => $$"""
        global: {scrape_interval: 250ms, scrape_timeout: 250ms}
        scrape_configs:
          - job_name: scripted
            static_configs: [{targets: ["{{target.Address}}"]}]
        remote_write:
          - {name: lenient, url: "{{lenient.WriteUrl}}", queue_config: {batch_send_deadline: 200ms, max_backoff: 500ms} }
          - {name: strict, url: "{{strict.WriteUrl}}", queue_config: {batch_send_deadline: 200ms, max_backoff: 500ms} }
        """;

    private static Task ScrapesAsync(RunningProgram agent, ScriptedTarget target, int scrapes)
    {
        int wanted = target.Scrapes + scrapes;
        return Eventually.TrueAsync(
            () => Task.FromResult(target.Scrapes >= wanted), () => agent.Describe("the agent does not scrape any more"));
    }

    /// <summary>In the order of their scrapes whatever the clock said, and with the time that it said.</summary>
    private static void AssertWholeAndInOrder(RecordingReceiver receiver, int end)
    {
        List<Sample> arrived = receiver.ArrivalsOf("__name__=\"scrape_number\"").FindAll(sample => sample.Value <= end);
        int failed = receiver.ArrivalsOf("__name__=\"up\"").FindAll(static sample => sample.Value == 0).Count;
        double last = 0;
        int missing = 0;
        int stepsSeen = 0;
        for (int index = 0; index < arrived.Count; index++)
        {
            if (StaleMarker.IsStale(arrived[index].Value))
            {
                continue;
            }

            Assert.True(arrived[index].Value > last, $"{arrived[index]} came after {last}");
            missing += (int)(arrived[index].Value - last) - 1;
            last = arrived[index].Value;
            long distanceMs = index == 0 ? 0 : arrived[index].TimestampMs - arrived[index - 1].TimestampMs;
            stepsSeen += Math.Abs(distanceMs) > TimeSpan.FromMinutes(10).TotalMilliseconds ? 1 : 0;
        }

        Assert.True(missing <= failed, $"{missing} of {end} scrapes are missing, {failed} failed");
        Assert.Equal(s_steps.Length, stepsSeen);
    }

    /// <summary>What the strict destination did not take is exactly what the agent says that it refused.</summary>
    private static async Task AssertRefusalsAreCountedAsync(RunningProgram agent, RecordingReceiver strict, int end)
    {
        await Eventually.TrueAsync(
            async () => strict.RefusedAlone > end / 2
                && await agent.SumAsync("ampedge_remote_write_refused_samples_total{reason=\"sample_out_of_order\"") == strict.RefusedAlone,
            () => agent.Describe($"{strict.RefusedAlone} samples were refused"));
    }
}
