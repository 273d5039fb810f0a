using System.Linq;
using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Agent.Scrape;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

/// <summary>
/// The cases of a conformance suite for senders: a page is scraped into the buffer, delivered by either version to a receiver that
/// answers as the case says, and what arrives is checked by the rules of the checklist, whatever the case is about.
/// </summary>
public sealed class SenderCasesTests
{
    private const string Cases = "conformance/remote_write/sender_cases.json";

    /// <summary>Words of pages that the suite makes as it runs; of no use here.</summary>
    private const string Generated = "generated";

    public static TheoryData<string, bool> PagesToSend()
    {
        TheoryData<string, bool> cases = [];
        foreach (JsonElement one in CaseFile.Load(Cases))
        {
            if (one.TryGetProperty("page_to_scrape", out JsonElement page) && page.GetString() != Generated)
            {
                cases.Add(one.GetProperty("id").GetString()!, false);
                cases.Add(one.GetProperty("id").GetString()!, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(PagesToSend), DisableDiscoveryEnumeration = true)]
    public async Task A_scraped_page_is_sent_by_the_rules(string id, bool version2)
    {
        JsonElement one = CaseFile.Find(Cases, "id", id);
        int firstAnswer = one.TryGetProperty("receiver_answers", out JsonElement answers) && answers.GetArrayLength() > 0
            ? answers[0].GetInt32()
            : 204;
        await using QueueWorld world = new(QueueWorld.DefaultOptions with
        {
            Protocol = version2 ? WriteProtocol.V2 : WriteProtocol.V1, SendExemplars = true, SendHistograms = version2,
        });
        TargetMetadata metadata = new();
        world.ReadMetadata = () =>
        {
            List<MetricMetadata> families = [];
            metadata.CopyTo(families);
            return families;
        };
        world.Receiver.Answer = (request, number) => number == 0 && firstAnswer >= 300
            ? ScriptedReceiver.Status(firstAnswer, "says the receiver")
            : ScriptedReceiver.Written(
                firstAnswer < 300 ? firstAnswer : 204, request.Samples.Count, request.Histograms.Count, request.Exemplars.Count);
        await world.StartAsync();
        List<ScrapedSample> scraped = Scrape(world, metadata, one.GetProperty("page_to_scrape").GetString()!);
        Assert.NotEmpty(scraped);

        // One that is refused for good is dropped; then another scrape shows that sending goes on.
        bool dropped = firstAnswer is 400;
        world.Drive(() => world.Receiver.Requests.Count > 0, "the first request");
        if (dropped)
        {
            world.Drive(() => world.Queue.Progress.LastRefusal is not null, "the refusal");
            Assert.Contains("says the receiver", world.Queue.Progress.LastRefusal!, StringComparison.Ordinal);
            Scrape(world, metadata, one.GetProperty("page_to_scrape").GetString()!);
        }

        world.Drive(() => world.Receiver.AcceptedCount >= scraped.Count, "the samples", stepMs: firstAnswer == 401 ? 1000 : 50);
        foreach (ReceivedRequest request in world.Receiver.Requests)
        {
            AssertHeaders(request, version2);
            AssertContent(request, world.Time.GetUtcNow(), version2);
        }

        Assert.Equal(
            scraped.Select(static sample => BitConverter.DoubleToInt64Bits(sample.Value)).Order(),
            world.Receiver.Accepted.Select(static sample => BitConverter.DoubleToInt64Bits(sample.Value)).Order());
        AssertRepeats(world, firstAnswer);
        if (version2)
        {
            AssertMetadata(one.GetProperty("page_to_scrape").GetString()!, world.Receiver.Requests[^1]);
        }
    }

    private static List<ScrapedSample> Scrape(QueueWorld world, TargetMetadata metadata, string page)
    {
        bool openMetrics = page.Contains(" # {", StringComparison.Ordinal) || page.Contains("# UNIT", StringComparison.Ordinal);
        string text = page.EndsWith('\n') ? page : page + "\n";
        text = openMetrics ? text + "# EOF\n" : text;
        HighAvailability none = new("", "", new MetricRegistry(), world.Time, NullLogger.Instance);
        BufferStore store = new(world.Buffer, none);
        ScrapeCache cache = new(
            store,
            new SampleLabels(Labels.FromStrings("instance", "i", "job", "j"), honorLabels: false, utf8Names: true, [], new ScrapeLimits()),
            metadata,
            new ScrapeCacheOptions());
        SampleBatch batch = new();
        PageResult result = cache.Read(
            Encoding.UTF8.GetBytes(text),
            openMetrics ? ExpositionFormat.OpenMetrics100 : ExpositionFormat.Text004,
            world.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            batch);
        Assert.True(result.Problem is null, result.Problem?.ToString());
        Assert.True(store.Append(batch));
        return [.. batch.Samples];
    }

    private static void AssertHeaders(ReceivedRequest request, bool version2)
    {
        Assert.Equal("snappy", request.Headers["Content-Encoding"]);
        Assert.Equal(
            version2 ? "application/x-protobuf;proto=io.prometheus.write.v2.Request" : "application/x-protobuf",
            request.Headers["Content-Type"]);
        Assert.Equal(version2 ? "2.0.0" : "0.1.0", request.Headers["X-Prometheus-Remote-Write-Version"]);
        Assert.NotEmpty(request.Headers["User-Agent"]);
    }

    /// <summary>Names once and sorted, a metric name, times of now in milliseconds or of the page, in order.</summary>
    private static void AssertContent(ReceivedRequest request, DateTimeOffset now, bool version2)
    {
        foreach (ReceivedSample sample in request.Samples)
        {
            string[] names = [.. sample.Series.Split(',').Select(static label => label.Split('=')[0])];
            Assert.Contains("__name__", names);
            Assert.True(
                sample.Series.Contains('"', StringComparison.Ordinal) || names.Zip(names.Skip(1)).All(static pair => string.CompareOrdinal(pair.First, pair.Second) < 0),
                sample.Series);
            Assert.DoesNotContain(sample.Series.Split(','), static label => label.EndsWith('='));
            Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(sample.TimestampMs), now.AddYears(-50), now.AddMinutes(5));
        }

        foreach (IGrouping<string, ReceivedSample> series in request.Samples.GroupBy(static sample => sample.Series))
        {
            Assert.Equal(series.Select(static sample => sample.TimestampMs).Order(), series.Select(static sample => sample.TimestampMs));
        }

        if (version2)
        {
            Assert.Equal(new byte[] { 0x22, 0x00 }, request.Message[..2]);
        }
        else
        {
            Assert.Empty(request.Histograms);
        }
    }

    private static void AssertRepeats(QueueWorld world, int firstAnswer)
    {
        IReadOnlyList<ReceivedRequest> requests = world.Receiver.Requests;
        switch (firstAnswer)
        {
            case >= 500:
                Assert.Equal(requests[0].Body, requests[1].Body);
                Assert.Equal("1", requests[1].Headers["Retry-Attempt"]);
                Assert.True(requests[1].At - requests[0].At >= TimeSpan.FromMilliseconds(89));
                break;
            case 401:
                // Not within the time in which a suite looks; the samples are not dropped, though.
                Assert.True(requests[1].At - requests[0].At >= Sending.MinParking * 0.89);
                break;
            default:
                Assert.DoesNotContain(requests, static request => request.Headers.ContainsKey("Retry-Attempt"));
                break;
        }
    }

    /// <summary>Each family with a type line has that type, its help and its unit with every one of its series.</summary>
    private static void AssertMetadata(string page, ReceivedRequest request)
    {
        foreach (string line in page.Split('\n'))
        {
            string[] words = line.Split(' ', 4);
            if (words is ["#", "TYPE", string family, string type] && Enum.TryParse(type, ignoreCase: true, out MetricType expected))
            {
                List<MetricMetadata> sent = [.. request.Metadata.Where(entry => entry.FamilyName == family
                    || entry.FamilyName.StartsWith(family + "_", StringComparison.Ordinal))];
                Assert.NotEmpty(sent);
                Assert.All(sent.Where(entry => entry.Type != MetricType.Unknown), entry => Assert.Equal(expected, entry.Type));
                Assert.Contains(sent, entry => entry.Type == expected);
            }
        }
    }
}
