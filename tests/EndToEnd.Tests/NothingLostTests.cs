using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class NothingLostTests
{
    private const int Kills = 4;

    /// <summary>
    /// The destination is away, the agent is killed at random moments and started again; then the destination comes
    /// back. The scraped value is the number of the scrape, so a gap is a lost sample.
    /// </summary>
    [Fact]
    public async Task An_agent_killed_with_its_destination_down_delivers_every_sample_once_it_is_back()
    {
        Gen gen = Gen.Create(1 + Environment.ProcessId);
        using WorkingFolder folder = new();
        using ScriptedTarget target = new(scrape => $"scrape_number {scrape}\nother_series{{a=\"b\"}} {scrape}\n");
        using RecordingReceiver receiver = new();
        string config = $"""
            global:
              scrape_interval: 400ms
              scrape_timeout: 400ms
            scrape_configs:
              - job_name: scripted
                static_configs:
                  - targets: ["{target.Address}"]
            remote_write:
              - url: {receiver.WriteUrl}
                queue_config:
                  batch_send_deadline: 200ms
                  min_backoff: 30ms
                  max_backoff: 500ms
            """;
        HashSet<double> scrapedAtKill = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            await using RunningProgram agent = await Pipeline.StartAgentAsync(folder, config);
            int wanted = target.Scrapes + 3 + gen.Int(12);
            await Eventually.TrueAsync(
                () => Task.FromResult(target.Scrapes >= wanted), () => agent.Describe("the agent does not scrape"));
            await Task.Delay(TimeSpan.FromMilliseconds(gen.Int(200)), TimeProvider.System, TestContext.Current.CancellationToken);
            await agent.KillAsync();

            // A page that was handed out just before the kill may not have been taken yet: that scrape did not happen.
            scrapedAtKill.Add(target.Scrapes);
        }

        receiver.Start();
        await using RunningProgram last = await Pipeline.StartAgentAsync(folder, config);
        int end = target.Scrapes + 5;
        await Eventually.TrueAsync(
            () => Task.FromResult(HasValue(receiver.ArrivalsOf("scrape_number"), end)),
            () => last.Describe($"the samples did not all arrive, {gen}"));

        // On a busy machine a page may be handed out after the scrape's time was over; the agent then says up 0.
        int failedScrapes = receiver.ArrivalsOf("__name__=\"up\"").FindAll(static sample => sample.Value == 0).Count;
        foreach (string series in new[] { "scrape_number", "other_series" })
        {
            AssertInOrderAndWhole(receiver.ArrivalsOf($"__name__=\"{series}\""), end, scrapedAtKill, failedScrapes, gen);
        }
    }

    /// <summary>Every write that the server answered 200 must be there after a SIGKILL in the middle of writing.</summary>
    [Fact]
    public async Task A_server_killed_under_write_load_has_every_acknowledged_sample_after_its_restart()
    {
        Gen gen = Gen.Create(2 + Environment.ProcessId);
        using WorkingFolder folder = new();
        int port = Ports.Free();
        long firstTimestampMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
        int acknowledged = 0;
        for (int kill = 0; kill < 3; kill++)
        {
            await using RunningProgram server = await Pipeline.StartServerAsync(folder, port);
            await using RunningProgram proxy = await Pipeline.StartProxyAsync(server);
            await AssertStoredAsync(proxy, acknowledged, gen);
            (HttpStatusCode status, string text) = await WriteAsync(proxy, acknowledged + 1, firstTimestampMs);
            Assert.True(status == HttpStatusCode.OK, server.Describe($"{(int)status} {text}"));
            Task killer = KillAfterAsync(server, TimeSpan.FromMilliseconds(200 + gen.Int(800)));
            while (status == HttpStatusCode.OK)
            {
                acknowledged++;
                (status, _) = await WriteAsync(proxy, acknowledged + 1, firstTimestampMs);
            }

            await killer;
        }

        await using RunningProgram again = await Pipeline.StartServerAsync(folder, port);
        await using RunningProgram lastProxy = await Pipeline.StartProxyAsync(again);
        Assert.True(acknowledged > 10, $"only {acknowledged} writes were acknowledged, {gen}");
        await AssertStoredAsync(lastProxy, acknowledged, gen);
        Assert.Equal(0, await again.StopAsync());
    }

    internal static bool HasValue(List<Sample> samples, double value)
    {
        foreach (Sample sample in samples)
        {
            if (sample.Value >= value)
            {
                return true;
            }
        }

        return false;
    }

    internal static void AssertInOrderAndWhole(
        List<Sample> arrivals, int end, HashSet<double> mayMiss, int failedScrapes, Gen gen)
    {
        HashSet<double> seen = [];
        Dictionary<long, double> valueAt = [];
        double highest = 0;
        foreach (Sample sample in arrivals)
        {
            if (StaleMarker.IsStale(sample.Value))
            {
                continue;
            }

            // A batch that was under way at the kill comes twice: the same samples again, never others in between.
            bool isNew = seen.Add(sample.Value);
            Assert.True(!isNew || sample.Value > highest, $"{sample} came after {highest}, {gen}");
            Assert.True(valueAt.TryAdd(sample.TimestampMs, sample.Value) || valueAt[sample.TimestampMs] == sample.Value);
            highest = Math.Max(highest, sample.Value);
        }

        List<int> missing = [];
        for (int value = 1; value <= end; value++)
        {
            if (!seen.Contains(value) && !mayMiss.Contains(value))
            {
                missing.Add(value);
            }
        }

        Assert.True(
            missing.Count <= failedScrapes,
            $"{failedScrapes} scrapes failed; missing: {string.Join(' ', missing)}; killed at {string.Join(' ', mayMiss)}; {arrivals.Count} arrived; {gen}");
    }

    private static async Task KillAfterAsync(RunningProgram program, TimeSpan delay)
    {
        await Task.Delay(delay, TimeProvider.System, TestContext.Current.CancellationToken);
        await program.KillAsync();
    }

    private static async Task<(HttpStatusCode Status, string Text)> WriteAsync(
        RunningProgram proxy, int number, long firstTimestampMs)
    {
        using ByteArrayContent content = new(Encode(number, firstTimestampMs + number));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage answer = await proxy.Http.PostAsync(
            Pipeline.WritePath, content, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static byte[] Encode(int number, long timestampMs)
    {
        // WriteRequest{timeseries{labels{name, value}, samples{value, timestamp}}}, by the field numbers of version 1.0.
        byte[] label = [0x0A, 8, .. "__name__"u8, 0x12, 12, .. "written_once"u8];
        byte[] sample = [0x09, .. BitConverter.GetBytes((double)number), 0x10, .. Varint(timestampMs)];
        byte[] series = [0x0A, (byte)label.Length, .. label, 0x12, (byte)sample.Length, .. sample];
        byte[] message = [0x0A, (byte)series.Length, .. series];
        byte[] encoded = new byte[Snappy.MaxEncodedLength(message.Length)];
        return encoded[..Snappy.Encode(message, encoded)];
    }

    private static List<byte> Varint(long value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return bytes;
    }

    private static async Task AssertStoredAsync(RunningProgram proxy, int acknowledged, Gen gen)
    {
        if (acknowledged == 0)
        {
            return;
        }

        SortedDictionary<string, List<(double Seconds, string Value)>> series =
            await new QueryClient(proxy, Pipeline.ApiPrefix).QueryAsync("written_once[10m]");
        HashSet<string> values = [];
        foreach ((_, string value) in Assert.Single(series).Value)
        {
            values.Add(value);
        }

        StringBuilder missing = new();
        for (int number = 1; number <= acknowledged; number++)
        {
            if (!values.Contains(number.ToString(CultureInfo.InvariantCulture)))
            {
                missing.Append(number).Append(' ');
            }
        }

        Assert.True(missing.Length == 0, $"of {acknowledged} acknowledged writes these are gone: {missing}, {gen}");
    }
}
