using System.Linq;
using System.Net;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class RefusalTests
{
    [Theory]
    [InlineData(429, "ingestion rate limit (170000) exceeded while adding 500 samples and 0 metadata", nameof(WriteVerdict.Retry))]
    [InlineData(429, "{\"message\":\"Rate exceeded\"}", nameof(WriteVerdict.Retry))]
    [InlineData(429, "user=1_ws-1: per-user series limit of 10 exceeded, please contact administrator", nameof(WriteVerdict.PartlyRefused))]
    [InlineData(429, "user=1_ws-1: per-metric series limit of 10 exceeded for metric x", nameof(WriteVerdict.PartlyRefused))]
    [InlineData(400, "user=1_ws-1: err: out of order sample. timestamp=2023-04-17T13:52:50.001Z, series={}", nameof(WriteVerdict.PartlyRefused))]
    [InlineData(400, "series has too many labels (actual: 71, limit: 70) series: 'x'", nameof(WriteVerdict.PartlyRefused))]
    [InlineData(400, "snappy: corrupt input", nameof(WriteVerdict.Refused))]
    [InlineData(413, "", nameof(WriteVerdict.PartlyRefused))]
    [InlineData(401, "", nameof(WriteVerdict.Parked))]
    [InlineData(403, "{\"message\":\"The security token included in the request is expired\"}", nameof(WriteVerdict.Retry))]
    [InlineData(403, "{\"message\":\"Missing Authentication Token\"}", nameof(WriteVerdict.Parked))]
    [InlineData(404, "", nameof(WriteVerdict.Refused))]
    [InlineData(500, "", nameof(WriteVerdict.Retry))]
    [InlineData(503, "out of order sample", nameof(WriteVerdict.Retry))]
    [InlineData(302, "", nameof(WriteVerdict.Refused))]
    public void A_status_and_its_text_decide_what_becomes_of_a_batch(int status, string text, string verdict) =>
        Assert.Equal(verdict, RefusalReader.Read((HttpStatusCode)status, text, null).Verdict.ToString());

    [Fact]
    public async Task Only_the_series_that_the_receiver_will_not_have_are_dropped()
    {
        await using QueueWorld world = new() { SeriesCount = 100 };
        string[] guilty = [QueueWorld.TextOf(17), QueueWorld.TextOf(18), QueueWorld.TextOf(93)];
        world.Receiver.Answer = (request, _) =>
            request.Samples.Any(sample => guilty.Contains(sample.Series))
                ? ScriptedReceiver.Status(400, "user=x: err: out of order sample. timestamp=0, series={…}")
                : ScriptedReceiver.Status(200);
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1);
        world.Scrape(2);
        world.DriveUntilAccepted(194);
        world.Drive(() => world.Queue.Pending == 0, "an empty queue");

        Assert.Equal(194, world.Receiver.AcceptedCount);
        Assert.DoesNotContain(world.Receiver.Accepted, sample => guilty.Contains(sample.Series));
        Assert.Equal(6, world.Counter("prometheus_remote_storage_samples_failed_total"));
        Assert.Contains("out of order", world.Queue.Progress.LastRefusal!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_for_the_receiver_is_halved()
    {
        await using QueueWorld world = new() { SeriesCount = 200 };
        world.Receiver.Answer = static (request, _) => ScriptedReceiver.Status(request.Body.Length > 300 ? 413 : 200);
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(200);

        Assert.Equal(0, world.Counter("prometheus_remote_storage_samples_failed_total"));
    }

    [Fact]
    public async Task Bodies_stay_under_their_bound()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { MaxBytesPerSend = new ByteSize(500) },
        })
        {
            SeriesCount = 400,
        };
        await world.StartAsync();
        world.Scrape(Math.PI);
        world.Scrape(Math.E);
        world.DriveUntilAccepted(800);

        Assert.All(world.Receiver.Requests, static request => Assert.True(request.Body.Length <= 500));
        Assert.Equal(800, world.Receiver.AcceptedCount);
    }

    [Fact]
    public async Task A_date_in_Retry_After_is_waited_for()
    {
        await using QueueWorld world = new();
        DateTimeOffset until = world.Time.GetUtcNow() + TimeSpan.FromSeconds(30);
        world.Receiver.Answer = (_, number) => number == 0
            ? ScriptedReceiver.Status(503, "", until.ToString("R", System.Globalization.CultureInfo.InvariantCulture))
            : ScriptedReceiver.Status(204);
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Receiver.AcceptedCount == 3, "the second try", stepMs: 500);

        Assert.True(world.Receiver.Requests[1].At >= until, $"sent again at {world.Receiver.Requests[1].At}");
    }
}
