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
        using ScriptedTarget target = new(static scrape => $"other_series{{a=\"b\"}} {scrape}\nscrape_number {scrape}\n");
        using RecordingReceiver receiver = new();
        string config = MortalAgent.Config(
            target, 400, receiver, "{batch_send_deadline: 200ms, min_backoff: 30ms, max_backoff: 500ms}");
        MortalAgent agent = new(folder, gen, target);
        for (int kill = 0; kill < Kills; kill++)
        {
            await agent.LiveAndDieAsync(config, minScrapes: 3, someMore: 12);
        }

        receiver.Start();
        await using RunningProgram last = await agent.StartAsync(config);
        await agent.AssertArrivedAsync(last, receiver, 0, "other_series", "scrape_number");
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
