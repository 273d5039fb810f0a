using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>Remote write 2.0 as a sender: what goes out, what the answers' headers mean, and the way back to 1.0.</summary>
public sealed class WriteVersionTests
{
    private static readonly DestinationOptions s_v2 = QueueWorld.DefaultOptions with
    {
        Protocol = WriteProtocol.V2, SendExemplars = true, SendHistograms = true,
    };

    /// <summary>A histogram with the buckets 2, 3 at the positive side: count 5, sum 12.5, at 1,700,000,000,000.</summary>
    private static readonly byte[] s_histogram = Convert.FromHexString(
        "08051900000000000029402000" + "5A021002" + "62020402" + "7880D095FFBC31");

    [Fact]
    public async Task A_request_of_version_2_has_its_headers_symbols_and_metadata()
    {
        await using QueueWorld world = new(s_v2);
        world.Metadata = [new MetricMetadata("m", MetricType.Counter, "Counts.", "seconds")];
        world.Receiver.Answer = static (request, _) => ScriptedReceiver.Written(204, request.Samples.Count);
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(3);

        ReceivedRequest request = Assert.Single(world.Receiver.Requests);
        Assert.Equal("application/x-protobuf;proto=io.prometheus.write.v2.Request", request.Headers["Content-Type"]);
        Assert.Equal("2.0.0", request.Headers["X-Prometheus-Remote-Write-Version"]);
        Assert.Equal("snappy", request.Headers["Content-Encoding"]);
        Assert.Equal(new byte[] { 0x22, 0 }, request.Message[..2]);
        Assert.All(request.Metadata, entry => Assert.Equal(world.Metadata[0], entry));
        Assert.Equal(3, world.Counter("prometheus_remote_storage_samples_total"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Histograms_and_exemplars_arrive_from_memory_and_from_disk(bool version2)
    {
        await using QueueWorld world = new(s_v2 with { Protocol = version2 ? WriteProtocol.V2 : WriteProtocol.V1 });
        world.Receiver.Answer = static (request, _) => ScriptedReceiver.Written(
            200, request.Samples.Count, request.Histograms.Count, request.Exemplars.Count);
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        CommitAllKinds(world);
        world.Drive(() => world.Counter("prometheus_remote_storage_exemplars_total") == 1, "the exemplar");
        AssertAllKinds(world.Receiver.Requests[^1]);

        world.DriveUntilSaved();
        world.Receiver.Unreachable = true;
        CommitAllKinds(world);
        await world.KillAsync();
        world.Receiver.Unreachable = false;
        await world.StartAsync();
        world.Drive(() => world.Counter("prometheus_remote_storage_exemplars_total") == 1, "the exemplar from the disk");

        AssertAllKinds(world.Receiver.Requests[^1]);
        Assert.Equal(1, world.Counter("prometheus_remote_storage_histograms_total"));
    }

    [Fact]
    public async Task Histograms_and_exemplars_stay_out_unless_they_are_asked_for()
    {
        await using QueueWorld world = new();
        await world.StartAsync();
        world.Drive(() => world.Queue.IsLive, "live");
        CommitAllKinds(world);
        CommitAllKinds(world);
        world.DriveUntilAccepted(2);
        world.Drive(() => world.Queue.Pending == 0, "an empty queue");

        Assert.All(world.Receiver.Requests, static request => Assert.Empty(request.Histograms));
        Assert.All(world.Receiver.Requests, static request => Assert.Empty(request.Exemplars));
    }

    [Fact]
    public async Task A_415_sends_the_same_samples_by_version_1_and_stays_there()
    {
        await using QueueWorld world = new(s_v2);
        world.Receiver.Answer = static (request, _) => ScriptedReceiver.Status(
            request.Headers["Content-Type"] == WriteHeaders.ContentTypeOf(WriteProtocol.V1) ? 200 : 415);
        await world.StartAsync();
        world.Scrape(1);
        world.DriveUntilAccepted(3);
        world.Scrape(2);
        world.DriveUntilAccepted(6);

        Assert.Equal(3, world.Receiver.Requests.Count);
        Assert.Equal("0.1.0", world.Receiver.Requests[2].Headers["X-Prometheus-Remote-Write-Version"]);
        Assert.Equal(0, world.Counter("prometheus_remote_storage_samples_failed_total"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(200)]
    public async Task No_other_answer_changes_the_version(int status)
    {
        await using QueueWorld world = new(s_v2);
        world.Receiver.Answer = (request, _) => status == 200
            ? ScriptedReceiver.Written(200, request.Samples.Count)
            : ScriptedReceiver.Status(status);
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Receiver.Requests.Count >= 1, "the first request");
        world.Scrape(2);
        world.Drive(() => world.Receiver.Requests.Count >= 2, "the second request");

        Assert.All(world.Receiver.Requests, static request =>
            Assert.Equal("2.0.0", request.Headers["X-Prometheus-Remote-Write-Version"]));
    }

    [Fact]
    public async Task A_2xx_without_the_written_headers_confirms_nothing()
    {
        await using QueueWorld world = new(s_v2);
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Queue.Progress.LastRefusal is not null, "the refusal");

        Assert.Contains("did not confirm", world.Queue.Progress.LastRefusal!, StringComparison.Ordinal);
        Assert.Equal(3, world.Counter("prometheus_remote_storage_samples_failed_total"));
        Assert.Equal(0, world.Counter("prometheus_remote_storage_samples_total"));
        Assert.Single(world.Receiver.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task What_the_written_headers_say_is_what_is_counted(int status)
    {
        await using QueueWorld world = new(s_v2);
        world.Receiver.Answer = (_, _) => ScriptedReceiver.Written(status, 1, text: "something is wrong with two of them");
        await world.StartAsync();
        world.Scrape(1);
        world.Drive(() => world.Counter("prometheus_remote_storage_samples_failed_total") > 0, "the refusal");

        Assert.Equal(2, world.Counter("prometheus_remote_storage_samples_failed_total"));
        Assert.Equal(1, world.Counter("prometheus_remote_storage_samples_total"));
    }

    private static void CommitAllKinds(QueueWorld world)
    {
        using BufferAppender appender = world.Buffer.RentAppender();
        SeriesRef counter = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(0));
        SeriesRef latency = world.Buffer.Series.Acquire(QueueWorld.LabelsOf(1));
        appender.Append(counter, 1_700_000_000_000, 7);
        appender.AppendHistogram(latency, 1_700_000_000_000, s_histogram);
        appender.AppendExemplar(counter, 1_699_999_999_999, 0.5, Labels.FromStrings("trace_id", "abc").Blob);
        Assert.Equal(CommitOutcome.Written, appender.Commit());
    }

    private static void AssertAllKinds(ReceivedRequest request)
    {
        Assert.Equal([new ReceivedSample(QueueWorld.TextOf(0), 1_700_000_000_000, 7)], request.Samples);
        Assert.Equal([new ReceivedSample(QueueWorld.TextOf(1), 1_700_000_000_000, 12.5)], request.Histograms);
        Assert.Equal([new ReceivedSample(QueueWorld.TextOf(0) + " # trace_id=abc", 1_699_999_999_999, 0.5)], request.Exemplars);
        Assert.Equal(2, request.SeriesCount);
    }
}
