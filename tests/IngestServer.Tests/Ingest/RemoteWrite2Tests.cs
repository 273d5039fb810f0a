using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Ingest;

/// <summary>Receiving remote write 2.0.</summary>
public sealed class RemoteWrite2Tests
{
    [Fact]
    public async Task Everything_that_a_message_carries_is_stored_and_counted_in_the_headers()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        WriteRequestV2Writer message = new();
        Begin(message, "__name__", "requests_total", "job", "a");
        message.AddSample(now - 1000, 1);
        message.AddSample(now, 2);
        message.AddExemplar(Labels.FromStrings("trace_id", "t").Blob, 0.5, now);
        message.SetMetadata((uint)MetricType.Counter, "Requests."u8, "requests"u8);
        message.EndSeries(createdTimestampMs: now - 5000);
        Begin(message, "__name__", "latency");
        message.AddHistogram(Message(SmallHistogram(), now));
        message.EndSeries();

        using HttpResponseMessage response = await SendAsync(server, message);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertWritten(response, 2, 1, 1);
        Assert.Equal("2", await ValueAsync(server, "requests_total", now));
        JsonElement histogram = await ResultAsync(server, "latency", now);
        Assert.Equal(
            """{"count":"3","sum":"6","buckets":[[0,"1","2","1"],[0,"2","4","2"]]}""",
            histogram[0].GetProperty("histogram")[1].GetRawText());
        Assert.Contains("\"help\":\"Requests.\"", (await server.GetAsync("metadata")).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_series_is_the_same_through_both_versions()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        using HttpResponseMessage first = await server.WriteAsync(
            new WriteBody().Series(["__name__", "both", "a", "b"], (now - 1000, 1)).Compressed());
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        WriteRequestV2Writer message = new();
        Begin(message, "a", "b", "__name__", "both");
        message.AddSample(now, 2);
        message.EndSeries();
        using HttpResponseMessage second = await SendAsync(server, message);
        AssertWritten(second, 1, 0, 0);
        Assert.Equal("3", await ValueAsync(server, "sum_over_time(both[1m])", now));
    }

    [Fact]
    public async Task The_good_part_of_a_bad_message_is_stored_counted_and_the_first_refusal_told()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        WriteRequestV2Writer message = new();
        Begin(message, "__name__", "good");
        message.AddSample(now, 1);
        message.EndSeries();
        Begin(message, "job", "nameless");
        message.AddSample(now, 1);
        message.EndSeries();
        Begin(message, "__name__", "odd");
        Histogram odd = SmallHistogram();
        odd.Count = 99;
        message.AddHistogram(Message(odd, now));
        message.EndSeries();

        using HttpResponseMessage response = await SendAsync(server, message);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("sample missing metric name", await TestServer.TextOf(response), StringComparison.Ordinal);
        AssertWritten(response, 1, 0, 0);
        string metrics = await server.MetricsAsync();
        Assert.Contains("reason=\"native_histogram_invalid\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("reason=\"missing_metric_name\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_AMP_a_server_can_refuse_version_2_and_histograms_and_know_no_exemplars()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            static settings => settings with { StrictAmp = true });
        WriteRequestV2Writer message = new();
        Begin(message, "__name__", "m");
        message.AddSample(NowMs(server), 1);
        message.EndSeries();
        using HttpResponseMessage response = await SendAsync(server, message);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("supported: prometheus.WriteRequest", await TestServer.TextOf(response), StringComparison.Ordinal);

        byte[] series = [0x0A, 0x0D, 0x0A, 0x08, .. "__name__"u8, 0x12, 0x01, (byte)'h', 0x22, 0x02, 0x78, 0x01];
        using HttpResponseMessage histogram = await server.WriteAsync(
            new WriteBody().Raw([0x0A, (byte)series.Length, .. series]).Compressed());
        Assert.Contains("native histograms are not supported", await TestServer.TextOf(histogram), StringComparison.Ordinal);
        using HttpResponseMessage exemplars = await server.SendAsync(
            server.NewRequest(HttpMethod.Get, TestServer.PathOf("query_exemplars?query=m")));
        Assert.Equal(HttpStatusCode.NotFound, exemplars.StatusCode);
    }

    [Fact]
    public async Task A_refused_message_tells_that_nothing_was_written()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        // A series whose label references lie outside the symbols.
        using HttpResponseMessage response = await SendAsync(server, [0x22, 0x00, 0x2A, 0x04, 0x0A, 0x02, 0x07, 0x08]);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertWritten(response, 0, 0, 0);
    }

    [Fact]
    public async Task Any_damaged_message_is_answered_with_success_or_400_and_the_server_lives()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        Gen gen = Gen.Create(202);
        WriteRequestV2Writer message = new();
        Begin(message, "__name__", "fuzz", "a", "b");
        message.AddSample(NowMs(server), 1);
        message.AddHistogram(Message(SmallHistogram(), NowMs(server) + 1));
        message.AddExemplar(Labels.FromStrings("trace_id", "t").Blob, 0.5, NowMs(server));
        message.SetMetadata(1, "help"u8, "unit"u8);
        message.EndSeries();
        ByteBuffer bytes = new();
        message.CopyTo(bytes);
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = gen.Mutate(bytes.Written);
            using HttpResponseMessage response = await SendAsync(server, damaged);
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                $"{response.StatusCode} for {Convert.ToHexString(damaged)}, {gen}");
        }
    }

    private static Histogram SmallHistogram()
    {
        Histogram histogram = new() { Count = 3, Sum = 6, ZeroThreshold = 0.001 };
        histogram.Positive.AddSpan(new HistogramSpan(1, 2));
        histogram.Positive.AddCount(1);
        histogram.Positive.AddCount(2);
        return histogram;
    }

    private static byte[] Message(Histogram histogram, long timestampMs)
    {
        ByteBuffer message = new();
        HistogramMessageWriter.Write(message, histogram, timestampMs);
        return message.Written.ToArray();
    }

    private static void Begin(WriteRequestV2Writer message, params string[] labels)
    {
        message.BeginSeries();
        for (int index = 0; index < labels.Length; index += 2)
        {
            message.AddLabel(Encoding.UTF8.GetBytes(labels[index]), Encoding.UTF8.GetBytes(labels[index + 1]));
        }
    }

    private static Task<HttpResponseMessage> SendAsync(TestServer server, WriteRequestV2Writer message)
    {
        ByteBuffer bytes = new();
        message.CopyTo(bytes);
        return SendAsync(server, bytes.Written.ToArray());
    }

    private static Task<HttpResponseMessage> SendAsync(TestServer server, byte[] message)
    {
        HttpRequestMessage request = server.NewWrite(TestServer.PathOf("remote_write"), WriteBody.Compress(message));
        request.Content!.Headers.ContentType =
            MediaTypeHeaderValue.Parse("application/x-protobuf;proto=io.prometheus.write.v2.Request");
        return server.SendAsync(request);
    }

    private static void AssertWritten(HttpResponseMessage response, int samples, int histograms, int exemplars)
    {
        Assert.Equal($"{samples}", Assert.Single(response.Headers.GetValues("X-Prometheus-Remote-Write-Samples-Written")));
        Assert.Equal($"{histograms}", Assert.Single(response.Headers.GetValues("X-Prometheus-Remote-Write-Histograms-Written")));
        Assert.Equal($"{exemplars}", Assert.Single(response.Headers.GetValues("X-Prometheus-Remote-Write-Exemplars-Written")));
    }

    private static long NowMs(TestServer server) => server.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<JsonElement> ResultAsync(TestServer server, string query, long timeMs)
    {
        string time = (timeMs / 1000.0).ToString("F3", System.Globalization.CultureInfo.InvariantCulture);
        JsonElement answer = await server.GetAsync($"query?query={Uri.EscapeDataString(query)}&time={time}");
        return answer.GetProperty("data").GetProperty("result");
    }

    private static async Task<string?> ValueAsync(TestServer server, string query, long timeMs) =>
        (await ResultAsync(server, query, timeMs))[0].GetProperty("value")[1].GetString();
}
