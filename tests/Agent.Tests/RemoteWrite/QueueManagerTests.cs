using System.Linq;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class QueueManagerTests
{
    [Fact]
    public async Task Fresh_samples_come_from_memory_within_the_batch_deadline()
    {
        await using QueueWorld world = new();
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1);
        world.Scrape(2);
        world.DriveUntilAccepted(6);

        Assert.Equal(
            [("__name__=m,s=0000", 1), ("__name__=m,s=0000", 2), ("__name__=m,s=0001", 1), ("__name__=m,s=0001", 2),
                ("__name__=m,s=0002", 1), ("__name__=m,s=0002", 2)],
            Describe(world.Receiver.Accepted));
        ReceivedRequest request = Assert.Single(world.Receiver.Requests);
        Assert.Equal("snappy", request.Headers["Content-Encoding"]);
        Assert.Equal("application/x-protobuf", request.Headers["Content-Type"]);
        Assert.Equal("0.1.0", request.Headers["X-Prometheus-Remote-Write-Version"]);
        Assert.StartsWith("ampedge-agent/", request.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.False(request.Headers.ContainsKey("Retry-Attempt"));
        Assert.Equal(6, world.Counter("prometheus_remote_storage_samples_total"));
    }

    [Fact]
    public async Task External_labels_and_write_relabelling_apply_once_per_series()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            ExternalLabels = Labels.FromStrings("cluster", "c1", "s", "never: the series has it"),
            WriteRelabelRules =
            [
                RelabelRule.Compile(new RelabelConfig
                {
                    Action = RelabelAction.Drop, SourceLabels = ["s"], Regex = "0001",
                }),
                RelabelRule.Compile(new RelabelConfig
                {
                    SourceLabels = ["cluster", "s"], TargetLabel = "both", Separator = "-",
                }),
            ],
        });
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1);
        world.DriveUntilAccepted(2);

        Assert.Equal(
            [("__name__=m,both=c1-0000,cluster=c1,s=0000", 1), ("__name__=m,both=c1-0002,cluster=c1,s=0002", 1)],
            Describe(world.Receiver.Accepted));
        Assert.Equal(1, world.Counter("prometheus_remote_storage_samples_dropped_total"));
    }

    [Fact]
    public async Task After_a_kill_with_the_destination_down_everything_arrives_in_order()
    {
        await using QueueWorld world = new();
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
            world.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await world.KillAsync();
        await world.StartAsync();
        world.DriveUntilAccepted(300);

        AssertComplete(world, 100, maxRepeats: 0);
    }

    [Fact]
    public async Task What_was_acknowledged_is_not_sent_again_after_a_restart()
    {
        await using QueueWorld world = new();
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(3);
        world.Drive(() => world.Queue.Pending == 0, "an empty queue");
        await world.StopAsync();

        await world.StartAsync();
        world.Scrape(2);
        world.DriveUntilAccepted(6);

        AssertComplete(world, 2, maxRepeats: 0);
    }

    [Fact]
    public async Task A_full_queue_leaves_the_rest_to_the_disk_and_comes_back_to_memory()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 12, MaxSamplesPerSend = 6 },
        });
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Receiver.Unreachable = true;
        for (int value = 1; value <= 50; value++)
        {
            world.Scrape(value);
        }

        Assert.False(world.Queue.IsLive);
        Assert.True(world.Queue.Pending <= 12);
        world.Receiver.Unreachable = false;
        world.DriveUntilAccepted(150);
        world.Drive(() => world.Queue.IsLive, "live again");
        world.Scrape(51);
        world.DriveUntilAccepted(153);

        AssertComplete(world, 51, maxRepeats: 0);
    }

    [Fact]
    public async Task While_memory_is_tight_a_batch_waits_in_memory_and_the_rest_on_the_disk()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 600, MaxSamplesPerSend = 6 },
        });
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Buffer.Memory.Level = MemoryLevel.Tight;
        world.Receiver.Unreachable = true;
        for (int value = 1; value <= 50; value++)
        {
            world.Scrape(value);
        }

        Assert.InRange(world.Queue.Pending, 1, 6);
        world.Receiver.Unreachable = false;
        world.DriveUntilAccepted(150);
        AssertComplete(world, 50, maxRepeats: 0);
    }

    [Fact]
    public async Task Another_number_of_shards_after_a_kill_keeps_order_and_repeats_no_more_than_a_batch_per_shard()
    {
        const int batch = 7;
        await using QueueWorld world = new() { SeriesCount = 20 };
        int scrapes = 0;
        int sent = 0;
        int[] lives = [3, 2, 5, 1];
        foreach (int shards in lives)
        {
            world.Options = QueueWorld.DefaultOptions with
            {
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    MinShards = shards, MaxShards = shards, MaxSamplesPerSend = batch,
                },
            };
            await world.StartAsync();
            for (int index = 0; index < 20; index++)
            {
                world.Scrape(++scrapes);
            }

            sent += 150;
            world.DriveUntilAccepted(sent);
            await world.KillAsync();
        }

        await world.StartAsync();
        world.Drive(() => DistinctCount(world) == scrapes * 20, "everything");

        AssertComplete(world, scrapes, maxRepeats: batch * (3 + 2 + 5 + 1));
    }

    [Fact]
    public async Task A_series_number_that_is_given_away_again_never_mixes_up_labels()
    {
        await using QueueWorld world = new() { SeriesCount = 0 };
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        for (int round = 0; round < 50; round++)
        {
            SeriesRef series = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(round));
            using (BufferAppender appender = world.Buffer.RentAppender())
            {
                appender.Append(series, round, round);
                appender.Commit();
            }

            world.Buffer.Series.Release(series);
        }

        Assert.Equal(0, world.Buffer.Series.Count);
        world.DriveUntilAccepted(50);
        foreach (ReceivedSample sample in world.Receiver.Accepted)
        {
            Assert.Equal(QueueWorld.TextOf((int)sample.Value), sample.Series);
        }
    }

    [Fact]
    public async Task Numbers_given_away_again_are_told_apart_on_the_disk_too()
    {
        await using QueueWorld world = new() { SeriesCount = 0 };
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int round = 0; round < 50; round++)
        {
            SeriesRef series = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(round));
            using (BufferAppender appender = world.Buffer.RentAppender())
            {
                appender.Append(series, round, round);
                appender.Commit();
            }

            world.Buffer.Series.Release(series);
        }

        await world.KillAsync();
        await world.StartAsync();
        world.DriveUntilAccepted(50);
        foreach (ReceivedSample sample in world.Receiver.Accepted)
        {
            Assert.Equal(QueueWorld.TextOf((int)sample.Value), sample.Series);
        }
    }

    [Fact]
    public async Task Positions_that_cannot_be_read_send_everything_again()
    {
        await using QueueWorld world = new();
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(3);
        await world.KillAsync();
        string path = $"{QueueWorld.Folder}/positions/{PositionFile(world)}";
        world.Disk.SetContent(path, world.Disk.Content(path)[..^1]);

        await world.StartAsync();
        world.DriveUntilAccepted(6);

        AssertComplete(world, 1, maxRepeats: 3);
    }

    [Fact]
    public async Task A_buffer_over_its_bound_sheds_the_oldest_and_counts_what_is_lost()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with { Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 } },
            new BufferOptions { SegmentSizeBytes = 500, MaxBytes = 3000 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
        }

        world.Buffer.Truncator.TruncateOnce();
        Assert.True(world.Buffer.Wal.TotalBytes <= 3000);
        double lost = world.Counter("ampedge_remote_write_lost_samples_total");
        Assert.InRange(lost, 300, 900);

        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");
        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
        AssertInOrder(world.Receiver.Accepted);
    }

    [Theory]
    [InlineData(3000, 0)]
    [InlineData(0, 60)]
    public async Task A_destination_over_its_own_bound_gives_the_oldest_up_for_itself_alone(int maxBytes, int maxAgeSeconds)
    {
        QueueConfig queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 };
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with
            {
                Queue = queue with { BufferMaxBytes = new ByteSize(maxBytes), BufferMaxAge = TimeSpan.FromSeconds(maxAgeSeconds) },
            },
            new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        using ScriptedReceiver otherReceiver = new(world.Time) { Unreachable = true };
        using HttpMessageInvoker http = new(otherReceiver, disposeHandler: false);
        DestinationOptions other = world.Options with { Name = "other", Queue = queue };
        using QueueManager unbounded = new(
            other, world.Buffer, new WriteClient(other, http, null, world.Time), static () => [], world.Time, new Random(2),
            new MetricRegistry(), NullLogger.Instance);
        await unbounded.StartAsync(CancellationToken.None);
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }

        long before = world.Buffer.Wal.TotalBytes;
        world.Buffer.Truncator.TruncateOnce();
        world.Buffer.Truncator.TruncateOnce();

        Assert.Equal(before, world.Buffer.Wal.TotalBytes);
        double lost = world.Counter($"ampedge_remote_write_lost_samples_total{{reason=\"{(maxBytes > 0 ? "max_bytes" : "max_age")}\"");
        Assert.InRange(lost, 300, 870);
        Assert.Equal(lost, world.Counter("ampedge_remote_write_lost_samples_total"));

        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");
        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
        AssertInOrder(world.Receiver.Accepted);

        otherReceiver.Unreachable = false;
        world.Drive(() => unbounded is { IsLive: true, Pending: 0 }, "everything at the other destination");
        Assert.Equal(900, otherReceiver.AcceptedCount);
        Task stopping = unbounded.StopAsync(CancellationToken.None);
        world.Drive(() => stopping.IsCompleted, "the end of the other destination");
        await stopping;
    }

    [Fact]
    public async Task What_a_destination_gave_up_is_deleted_when_nobody_else_needs_it()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with
            {
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    Capacity = 6, MaxSamplesPerSend = 6, BufferMaxBytes = new ByteSize(3000),
                },
            },
            new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 300; value++)
        {
            world.Scrape(value);
        }

        world.Buffer.Truncator.TruncateOnce();

        Assert.InRange(world.Buffer.Wal.TotalBytes, 2000, 3000);
    }

    [Fact]
    public async Task A_full_disk_sheds_the_oldest_and_goes_on()
    {
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with { Queue = QueueWorld.DefaultOptions.Queue with { Capacity = 6, MaxSamplesPerSend = 6 } },
            new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        world.Disk.CapacityBytes = 5000;
        for (int value = 1; value <= 300; value++)
        {
            Assert.Equal(CommitOutcome.Written, world.Scrape(value));
        }

        double lost = world.Counter("ampedge_remote_write_lost_samples_total");
        Assert.InRange(lost, 300, 900);
        world.Receiver.Unreachable = false;
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, "everything that is left");
        Assert.Equal(900, world.Receiver.AcceptedCount + lost);
    }

    [Fact]
    public async Task What_a_stopped_destination_did_not_deliver_is_kept_until_it_comes_back()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
        }

        // As in a graceful stop, or a reload: the destination goes first, and the buffer tidies up behind it.
        await world.StopQueueAsync();
        world.Buffer.Truncator.TruncateOnce();
        await world.StopAsync();
        world.OpenBuffer();
        world.Buffer.Truncator.TruncateOnce();
        await world.StopAsync();
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.DriveUntilAccepted(300);

        AssertComplete(world, 100, maxRepeats: 0);
    }

    [Fact]
    public async Task A_destination_that_is_not_configured_any_more_holds_nothing_back()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 500 });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
        }

        await world.StopQueueAsync();
        world.Buffer.KeepOnly(["another"]);
        world.Buffer.Truncator.TruncateOnce();

        Assert.Single(world.Buffer.Wal.Segments());
        Assert.DoesNotContain(
            world.Disk.List($"{QueueWorld.Folder}/positions"), static name => name.EndsWith(".pos", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_credentials_samples_wait_until_there_are_some()
    {
        await using QueueWorld world = new();
        LateCredentials late = new();
        await using CredentialSource source = new(late, world.Time);
        world.Authorizer = new RequestAuthorizer(
            new HttpRequestSigner(new SigV4Signer(new SigningScope("eu-west-1", "aps")), world.Time), source);
        source.Start();
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Queue.Progress.Problem is not null, "the problem");
        Assert.Contains("no AWS credentials", world.Queue.Progress.Problem!, StringComparison.Ordinal);
        Assert.Empty(world.Receiver.Requests);

        late.Credentials = new AwsCredentials("AKIDEXAMPLE", "secret", "token");
        world.DriveUntilAccepted(3);

        ReceivedRequest request = world.Receiver.Requests[^1];
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal("token", request.Headers["X-Amz-Security-Token"]);
        Assert.Contains("/eu-west-1/aps/aws4_request", request.Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delivered_segments_are_deleted()
    {
        await using QueueWorld world = new(bufferOptions: new BufferOptions { SegmentSizeBytes = 500 });
        await world.StartAsync();
        for (int value = 1; value <= 100; value++)
        {
            world.Scrape(value);
        }

        world.DriveUntilAccepted(300);
        world.Drive(() => world.Queue.Pending == 0, "an empty queue");
        world.Buffer.Truncator.TruncateOnce();

        Assert.Single(world.Buffer.Wal.Segments());
        Assert.Equal(0, world.Counter("ampedge_remote_write_lost_samples_total"));
    }

    [Fact]
    public async Task Stopping_delivers_what_waits_in_memory()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { BatchSendDeadline = TimeSpan.FromHours(1) },
        });
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1);
        await world.StopAsync();

        Assert.Equal(3, world.Receiver.AcceptedCount);
    }

    [Fact]
    public async Task Metadata_goes_out_in_requests_of_its_own_once_per_family()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Metadata = new MetadataConfig { SendInterval = TimeSpan.FromMinutes(1), MaxSamplesPerSend = 2 },
        });
        world.Metadata =
        [
            new MetricMetadata("a_total", MetricType.Counter, "Counts.", ""),
            new MetricMetadata("b_seconds", MetricType.Gauge, "Time.", "seconds"),
            new MetricMetadata("a_total", MetricType.Counter, "Counts.", ""),
            new MetricMetadata("c", MetricType.Unknown, "", ""),
        ];
        await world.StartAsync();
        world.Drive(() => world.Receiver.Requests.Count == 2, "metadata", stepMs: 1000);

        Assert.Equal(world.Metadata.Take(2), world.Receiver.Requests[0].Metadata);
        Assert.Equal([world.Metadata[3]], world.Receiver.Requests[1].Metadata);
        Assert.Equal(3, world.Counter("prometheus_remote_storage_metadata_total"));
    }

    [Fact]
    public async Task Samples_over_the_age_limit_are_dropped_and_counted()
    {
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { SampleAgeLimit = TimeSpan.FromMinutes(1) },
        });
        world.Receiver.Unreachable = true;
        await world.StartAsync();
        world.Scrape(1);
        await world.KillAsync();
        world.Time.Advance(TimeSpan.FromMinutes(2));
        await world.StartAsync();
        world.Scrape(2);
        world.DriveUntilAccepted(3);

        Assert.All(world.Receiver.Accepted, static sample => Assert.Equal(2, sample.Value));
        Assert.Equal(3, world.Counter("prometheus_remote_storage_samples_dropped_total"));
    }

    [Fact]
    public async Task Random_crashes_lose_nothing_and_keep_every_series_in_order()
    {
        for (int seed = 1; seed <= 12; seed++)
        {
            await CrashAtRandomAsync(new Gen(seed));
        }
    }

    private static async Task CrashAtRandomAsync(Gen gen)
    {
        const int batch = 5;
        const int shards = 2;
        await using QueueWorld world = new(
            QueueWorld.DefaultOptions with
            {
                Queue = QueueWorld.DefaultOptions.Queue with
                {
                    MinShards = shards, MaxShards = shards, MaxSamplesPerSend = batch, Capacity = 20,
                },
            },
            new BufferOptions { SegmentSizeBytes = 700 })
        {
            SeriesCount = 4,
        };
        HashSet<int> committed = [];
        int value = 0;
        int crashes = gen.Int(1, 6);
        for (int life = 0; life < crashes; life++)
        {
            world.Receiver.Answer = (_, _) => ScriptedReceiver.Status(gen.OneIn(3) ? 503 : 204);
            world.Disk.CrashAtChange = world.Disk.Changes + gen.Int(5, 120);
            try
            {
                await world.StartAsync();
                for (int step = gen.Int(5, 60); step > 0; step--)
                {
                    world.Receiver.Unreachable = gen.OneIn(4);
                    value++;
                    if (world.Scrape(value) == CommitOutcome.Written)
                    {
                        committed.Add(value);
                    }

                    world.Time.Advance(TimeSpan.FromMilliseconds(gen.Int(300)));
                }
            }
            catch (SimulatedCrashException)
            {
                // The crash came inside the commit, or while starting.
            }

            await world.KillAsync();
        }

        world.Receiver.Answer = static (_, _) => ScriptedReceiver.Status(204);
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.Drive(() => world.Queue is { IsLive: true, Pending: 0 }, $"the end of {gen}");

        Dictionary<string, List<double>> bySeries = [];
        foreach (ReceivedSample sample in world.Receiver.Accepted)
        {
            bySeries.TryAdd(sample.Series, []);
            bySeries[sample.Series].Add(sample.Value);
        }

        foreach ((string series, List<double> values) in bySeries)
        {
            HashSet<double> seen = [.. values];
            Assert.True(committed.All(value => seen.Contains(value)), $"{gen}: {series} misses samples");
            Assert.True(values.Count - seen.Count <= batch * crashes, $"{gen}: {series} has {values.Count - seen.Count} repeats");
        }

        AssertInOrder(world.Receiver.Accepted);
    }

    private static string PositionFile(QueueWorld world) =>
        Assert.Single(world.Disk.List($"{QueueWorld.Folder}/positions"), static name => name.EndsWith(".pos", StringComparison.Ordinal));

    private static int DistinctCount(QueueWorld world) => new HashSet<ReceivedSample>(world.Receiver.Accepted).Count;

    /// <summary>Every series has every scrape's value, first seen in order, with few repeats.</summary>
    private static void AssertComplete(QueueWorld world, int scrapes, int maxRepeats)
    {
        IReadOnlyList<ReceivedSample> accepted = world.Receiver.Accepted;
        AssertInOrder(accepted);
        Assert.Equal(scrapes * world.SeriesCount, DistinctCount(world));
        Assert.InRange(accepted.Count - scrapes * world.SeriesCount, 0, maxRepeats);
    }

    /// <summary>Within a series a sample comes after those before it; a batch that is repeated begins again in order.</summary>
    internal static void AssertInOrder(IReadOnlyList<ReceivedSample> samples)
    {
        Dictionary<string, double> highest = [];
        HashSet<ReceivedSample> seen = [];
        foreach (ReceivedSample sample in samples)
        {
            if (seen.Add(sample))
            {
                double before = highest.GetValueOrDefault(sample.Series, double.NegativeInfinity);
                Assert.True(sample.Value > before, $"{sample.Series}: {sample.Value} came after {before}");
                highest[sample.Series] = sample.Value;
            }
        }
    }

    private static List<(string Series, double Value)> Describe(IReadOnlyList<ReceivedSample> samples)
    {
        List<(string, double)> described = [];
        foreach (ReceivedSample sample in samples)
        {
            described.Add((sample.Series, sample.Value));
        }

        return described;
    }
}
