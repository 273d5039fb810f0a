using System.Globalization;
using System.Net;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary><c>created-timestamp-zero-ingestion</c> from a page to the receiver, over a restart of the agent.</summary>
public sealed class CreatedTimestampsTests
{
    [Fact]
    public async Task A_counter_begins_and_restarts_with_a_zero_and_a_restarted_agent_adds_none()
    {
        long createdMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 5_000;
        using LoopbackHttpServer target = new(context => AnswerAsync(context, Volatile.Read(ref createdMs)));
        using RecordingReceiver receiver = new();
        receiver.Start();
        using WorkingFolder folder = new();
        string config = $$"""
            global: {scrape_interval: 300ms, scrape_timeout: 300ms}
            scrape_configs: [{job_name: a, static_configs: [{targets: ["{{target.Address}}"]}]}]
            remote_write: [{url: "{{receiver.WriteUrl}}", queue_config: {batch_send_deadline: 100ms} }]
            """;
        long firstMs = createdMs;
        List<long> zeros = [];
        await using (RunningProgram agent = await StartAsync(folder, config))
        {
            await ArriveAsync(receiver, agent, 3);

            // A scrape that fails for want of time ends the series after the restart, which is then no beginning: so once more.
            await Eventually.TrueAsync(
                () =>
                {
                    long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
                    Volatile.Write(ref createdMs, now - createdMs > 3_000 ? now : createdMs);
                    return Task.FromResult(Zeros(receiver).Count > 1);
                },
                () => agent.Describe("no zero for the restart"));
            Assert.Equal(0, await agent.StopAsync());
        }

        zeros.AddRange(Zeros(receiver));
        int before = receiver.ArrivalsOf("a_total").Count;
        await using (RunningProgram agent = await StartAsync(folder, config))
        {
            await ArriveAsync(receiver, agent, before + 3);
        }

        Assert.Equal(firstMs, zeros[0]);
        Assert.Equal(zeros, Zeros(receiver));
        Assert.Empty(receiver.ArrivalsOf("a_created"));
        long newest = 0;
        foreach (Sample sample in receiver.ArrivalsOf("a_total"))
        {
            Assert.True(sample.TimestampMs >= newest, "samples are out of order");
            newest = sample.TimestampMs;
        }
    }

    private static Task<RunningProgram> StartAsync(WorkingFolder folder, string config) => Pipeline.StartAgentAsync(
        folder, config, new Dictionary<string, string>(), "--enable-feature=created-timestamp-zero-ingestion");

    private static Task ArriveAsync(RecordingReceiver receiver, RunningProgram agent, int count) => Eventually.TrueAsync(
        () => Task.FromResult(receiver.ArrivalsOf("a_total").Count >= count), () => agent.Describe("samples do not arrive"));

    private static List<long> Zeros(RecordingReceiver receiver)
    {
        List<long> zeros = [];
        foreach (Sample sample in receiver.ArrivalsOf("a_total"))
        {
            if (sample.Value == 0 && !zeros.Contains(sample.TimestampMs))
            {
                zeros.Add(sample.TimestampMs);
            }
        }

        return zeros;
    }

    private static async Task AnswerAsync(HttpListenerContext context, long createdMs)
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"# TYPE a counter\na_total 7\na_created {createdMs / 1000}.{createdMs % 1000:D3}\n# EOF\n"));
        context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
