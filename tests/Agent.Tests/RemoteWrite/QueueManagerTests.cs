using System.Linq;
using AmpEdge.Agent.Budget;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;
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

        Delivered.AssertComplete(world, 51, maxRepeats: 0);
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
        Delivered.AssertComplete(world, 50, maxRepeats: 0);
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
    public async Task An_unexpected_error_anywhere_is_counted_and_sending_goes_on()
    {
        await using QueueWorld world = new();
        FailingTime time = new(world.Time);
        FailingRandom random = new();
        world.QueueTime = time;
        world.Random = random;
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        world.Scrape(1);
        world.DriveUntilAccepted(3);

        // The shard's loop ends, and then a new set of shards cannot be made at once.
        random.Failures = 2;
        time.Failures = 1;
        world.Scrape(2);
        world.DriveUntilAccepted(6);

        Assert.Equal(3, world.Counter("ampedge_remote_write_loop_failures_total"));
        Delivered.AssertInOrder(world.Receiver.Accepted);
    }

    [Fact]
    public async Task Metadata_that_cannot_be_read_once_is_sent_the_next_time()
    {
        int reads = 0;
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Metadata = new MetadataConfig { Send = true, SendInterval = TimeSpan.FromSeconds(10) },
        })
        {
            ReadMetadata = () => ++reads == 1
                ? throw new InvalidOperationException("not now")
                : [new MetricMetadata("a_total", MetricType.Counter, "Counts.", "")],
        };
        await world.StartAsync();
        world.Drive(() => world.Counter("prometheus_remote_storage_metadata_total") == 1, "the metadata", stepMs: 500);

        Assert.Equal(1, world.Counter("ampedge_remote_write_loop_failures_total"));
    }

    [Fact]
    public async Task Requests_of_metadata_are_bounded_in_bytes_and_what_fits_none_is_left_out()
    {
        const int MaxBytes = 16 << 10;
        Gen gen = Gen.Create(5);
        List<MetricMetadata> families = [new("endless", MetricType.Gauge, new string('x', MaxBytes), "")];
        for (int family = 0; family < 60; family++)
        {
            families.Add(new MetricMetadata(FormattableString.Invariant($"family_{family}"), MetricType.Gauge, Convert.ToHexString(gen.Bytes(450)), ""));
        }

        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Queue = QueueWorld.DefaultOptions.Queue with { MaxBytesPerSend = new ByteSize(MaxBytes) },
            Metadata = new MetadataConfig { Send = true, SendInterval = TimeSpan.FromSeconds(10) },
        })
        {
            Metadata = families,
        };
        await world.StartAsync();
        world.Drive(() => world.Counter("prometheus_remote_storage_metadata_total") == 60, "the metadata", stepMs: 500);

        Assert.Equal(1, world.Counter("prometheus_remote_storage_metadata_failed_total"));
        Assert.True(world.Receiver.Requests.Count > 3, $"{world.Receiver.Requests.Count} requests");
        Assert.All(world.Receiver.Requests, static request => Assert.True(request.Body.Length <= MaxBytes));
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
