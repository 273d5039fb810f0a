using System.Linq;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class SendingTests
{
    [Theory]
    [InlineData(401, "")]
    [InlineData(403, "{\"message\":\"User: x is not authorized to perform: aps:RemoteWrite\"}")]
    public async Task Refused_credentials_park_the_destination_and_lose_nothing(int status, string text)
    {
        await using QueueWorld world = new();
        bool refuse = true;
        world.Receiver.Answer = (_, _) => refuse ? ScriptedReceiver.Status(status, text) : ScriptedReceiver.Status(200);
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Queue.Progress.IsParked, "parking");
        for (int value = 2; value <= 20; value++)
        {
            world.Scrape(value);
        }

        Assert.StartsWith($"{status}", world.Queue.Progress.Problem!, StringComparison.Ordinal);
        Assert.Equal(1, world.Counter("ampedge_remote_write_parked"));
        refuse = false;
        world.Drive(() => world.Receiver.AcceptedCount >= 60, "everything", stepMs: 500);

        Assert.Equal(0, world.Counter("prometheus_remote_storage_samples_failed_total"));
        Assert.Equal(0, world.Counter("ampedge_remote_write_parked"));
        Assert.Null(world.Queue.Progress.Problem);
    }

    [Fact]
    public async Task A_parked_destination_asks_rarely()
    {
        await using QueueWorld world = new();
        world.Receiver.Answer = static (_, _) => ScriptedReceiver.Status(403);
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Receiver.Requests.Count == 6, "six tries", stepMs: 2000);

        TimeSpan[] waits = [.. world.Receiver.Requests.Zip(world.Receiver.Requests.Skip(1), static (one, next) => next.At - one.At)];
        Assert.True(waits[0] >= Sending.MinParking * 0.89, $"{waits[0]}");
        Assert.True(waits[^1] >= Sending.MaxParking * 0.89, $"{waits[^1]}");
    }

    [Fact]
    public async Task An_expired_token_is_tried_again_soon_with_the_new_one()
    {
        await using QueueWorld world = new();
        LateCredentials late = new() { Credentials = new AwsCredentials("AKIDOLD", "secret", "old") };
        await using CredentialSource source = new(late, world.Time);
        world.Authorizer = new RequestAuthorizer(
            new HttpRequestSigner(new SigV4Signer(new SigningScope("eu-west-1", "aps")), world.Time), source);
        world.Receiver.Answer = static (request, _) => request.Headers["X-Amz-Security-Token"] == "old"
            ? ScriptedReceiver.Status(403, "{\"message\":\"The security token included in the request is expired\"}")
            : ScriptedReceiver.Status(200);
        source.Start();
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Receiver.Requests.Count > 0, "the refusal");
        Assert.False(world.Queue.Progress.IsParked);

        late.Credentials = new AwsCredentials("AKIDNEW", "secret", "new");
        world.Drive(() => world.Receiver.AcceptedCount == 3, "the samples", stepMs: 1000);
        Assert.Equal(0, world.Counter("prometheus_remote_storage_samples_failed_total"));
    }

    [Fact]
    public async Task The_cap_in_samples_per_second_holds_over_all_shards()
    {
        const int cap = 50;
        await using QueueWorld world = new(WithQueue(queue => queue with
        {
            MinShards = 3, MaxShards = 3, MaxSamplesPerSend = 10, MaxSamplesPerSecond = cap,
        }))
        {
            SeriesCount = 30,
        };
        await world.StartAsync();
        DateTimeOffset start = world.Time.GetUtcNow();
        for (int value = 1; value <= 10; value++)
        {
            world.Scrape(value);
        }

        world.DriveUntilAccepted(300);
        foreach (ReceivedRequest request in world.Receiver.Requests)
        {
            int before = world.Receiver.Requests.Where(other => other.At <= request.At).Sum(static other => other.Samples.Count);

            // What went out up to a moment is what the rate allowed, and one request of each shard on top.
            Assert.True(before <= cap * (request.At - start).TotalSeconds + 30, $"{before} samples after {request.At - start}");
        }
    }

    [Fact]
    public async Task Series_beyond_the_cap_are_left_out_from_memory_and_from_disk_until_the_hour_is_over()
    {
        await using QueueWorld world = new(WithQueue(static queue => queue with { MaxSeries = 4 })) { SeriesCount = 10 };
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(4);
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "live");
        world.Scrape(2);
        world.DriveUntilAccepted(8);

        Assert.Equal(4, world.Receiver.Accepted.Select(static sample => sample.Series).Distinct().Count());
        Assert.Equal(12, world.Counter("prometheus_remote_storage_samples_dropped_total{reason=\"max_series\""));
        Assert.Equal(4, world.Counter("ampedge_remote_write_capped_series"));

        world.Time.Advance(TimeSpan.FromHours(1));
        SeriesRef other = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(99));
        using (BufferAppender appender = world.Buffer.RentAppender())
        {
            appender.Append(other, 1, 1);
            appender.Commit();
        }

        world.Drive(() => world.Receiver.Accepted.Any(static sample => sample.Series == QueueWorld.TextOf(99)), "the new series");
    }

    [Fact]
    public async Task Samples_of_one_series_that_are_caught_up_share_their_labels()
    {
        await using QueueWorld world = new() { SeriesCount = 5 };
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 40; value++)
        {
            world.Scrape(value);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await world.KillAsync();
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.DriveUntilAccepted(200);

        ReceivedRequest request = world.Receiver.Requests[0];
        Assert.Equal(200, request.Samples.Count);
        Assert.Equal(5, request.SeriesCount);
        foreach (IGrouping<string, ReceivedSample> series in request.Samples.GroupBy(static sample => sample.Series))
        {
            Assert.Equal(Enumerable.Range(1, 40).Select(static value => (double)value), series.Select(static sample => sample.Value));
        }
    }

    [Fact]
    public async Task A_series_keeps_its_order_while_the_number_of_shards_changes_at_work()
    {
        await using QueueWorld world = new(WithQueue(queue => queue with { MinShards = 1, MaxShards = 8, MaxSamplesPerSend = 20 }))
        {
            SeriesCount = 40,
        };

        // A slow receiver makes the sizer ask for more shards, a quick one for fewer.
        int slowMs = 900;
        int scrapes = 0;
        world.Receiver.Answer = (_, _) =>
        {
            world.Time.Pass(TimeSpan.FromMilliseconds(slowMs));
            return ScriptedReceiver.Status(200);
        };
        await world.StartAsync();
        ScrapeUntil(() => world.Queue.ShardCount > 1);
        slowMs = 0;
        int most = world.Queue.ShardCount;
        ScrapeUntil(() => world.Queue.ShardCount < most);

        world.Drive(() => new HashSet<ReceivedSample>(world.Receiver.Accepted).Count == 40 * scrapes, "everything");
        Delivered.AssertInOrder(world.Receiver.Accepted);

        void ScrapeUntil(Func<bool> condition)
        {
            for (int limit = scrapes + 4000; !condition(); scrapes++)
            {
                Assert.True(scrapes < limit, $"{world.Queue.ShardCount} shards after {scrapes} scrapes");
                world.Scrape(scrapes + 1);
                world.Time.Advance(TimeSpan.FromMilliseconds(250));
                // What waits on the disk is not pending: without a look at that the scrapes are over before anything was sent.
                SpinWait.SpinUntil(() => world.Queue is { IsLive: true, Pending: < 200 } || condition(), 20);
            }
        }
    }

    [Fact]
    public void Merged_labels_are_those_of_a_builder_in_order()
    {
        Gen gen = Gen.Create(32);
        for (int round = 0; round < 2000; round++)
        {
            Labels series = SomeLabels(gen);
            Labels added = SomeLabels(gen);
            LabelsBuilder expected = new();
            foreach (LabelPair label in added)
            {
                expected.Set(label.Name, label.Value);
            }

            foreach (LabelPair label in series)
            {
                expected.Set(label.Name, label.Value);
            }

            List<string> merged = [];
            foreach (LabelPair label in new MergedLabels(series.Blob, added.Blob))
            {
                merged.Add(label.ToString());
            }

            List<string> wanted = [];
            foreach (LabelPair label in expected.Build())
            {
                wanted.Add(label.ToString());
            }

            Assert.True(wanted.SequenceEqual(merged), $"{gen} round {round}: {series} {added}");
        }
    }

    private static Labels SomeLabels(Gen gen)
    {
        LabelsBuilder labels = new();
        for (int count = gen.Int(5); count > 0; count--)
        {
            labels.Set(gen.Pick("a", "b", "c", "d", "__name__", "ab"), gen.Pick("x", "y"));
        }

        return labels.Build();
    }

    private static DestinationOptions WithQueue(Func<QueueConfig, QueueConfig> change) =>
        QueueWorld.DefaultOptions with { Queue = change(QueueWorld.DefaultOptions.Queue) };
}
