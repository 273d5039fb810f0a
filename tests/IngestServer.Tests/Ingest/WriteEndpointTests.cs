using System.Net;
using System.Text;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Ingest;

public sealed class WriteEndpointTests
{
    private const string InOrder = TestServer.OneWorkspace + "\nlimits: {out_of_order_time_window: 0s}";
    private const string Tenant = $"user=000000000000_{TestServer.WorkspaceId}";

    [Fact]
    public async Task A_stored_batch_is_answered_with_200_and_can_be_queried()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        using HttpResponseMessage response = await server.WriteAsync(
            new WriteBody().Series(["__name__", "up", "job", "a"], (now - 1000, 1), (now, 2)).Compressed());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.Contains("x-amzn-RequestId"));
        Assert.Equal("2", await ValueOfAsync(server, "up{job=\"a\"}", now));
    }

    [Fact]
    public async Task The_good_samples_of_a_partly_bad_batch_are_stored_and_the_first_refusal_is_told()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(config: InOrder);
        long now = NowMs(server) / 1000 * 1000;
        await AssertAcceptedAsync(server, new WriteBody().Series("late", (now, 1)));
        using HttpResponseMessage response = await server.WriteAsync(new WriteBody()
            .Series("good", (now, 1))
            .Series(["__name__", "late"], (now - 5000, 1), (now + 1000, 7))
            .Series(["job", "nameless"], (now, 1))
            .Series("good_too", (now, 1))
            .Compressed());
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        string time = DateTimeOffset.FromUnixTimeMilliseconds(now - 5000).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
        Assert.Equal(
            $"{Tenant}: err: out of order sample. timestamp={time}, series={{__name__=\"late\"}}\n",
            await TestServer.TextOf(response));
        Assert.Equal("1", await ValueOfAsync(server, "good", now));
        Assert.Equal("1", await ValueOfAsync(server, "good_too", now));
        Assert.Equal("7", await ValueOfAsync(server, "late", now + 1000));

        string metrics = await server.MetricsAsync();
        string discarded = $"ampedge_discarded_samples_total{{workspace=\"{TestServer.WorkspaceId}\",reason=";
        Assert.Contains(discarded + "\"sample-out-of-order\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains(discarded + "\"missing_metric_name\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains(
            $"ampedge_ingest_samples_total{{workspace=\"{TestServer.WorkspaceId}\"}} 4", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_sample_again_is_accepted_and_another_value_at_its_time_refused()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("same", (now, 1)));
        await AssertAcceptedAsync(server, new WriteBody().Series("same", (now, 1)));
        await AssertRefusedAsync(
            server, new WriteBody().Series("same", (now, 2)), "err: duplicate sample for timestamp. timestamp=");
        Assert.Equal("1", await ValueOfAsync(server, "same", now));
    }

    [Fact]
    public async Task Samples_too_old_or_too_new_are_refused_in_Amps_words()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("now", (now, 1)));
        await AssertRefusedAsync(
            server, new WriteBody().Series("old", (now - 86_400_000, 1)), $"{Tenant}: err: too old sample. timestamp=");
        await AssertRefusedAsync(
            server, new WriteBody().Series("now", (now - 60_001, 1)), $"{Tenant}: err: too old sample. timestamp=");
        await AssertRefusedAsync(
            server, new WriteBody().Series("new", (now + 3_600_000, 1)), $"timestamp too new: {now + 3_600_000} metric: \"new\"");
        Assert.Contains("reason=\"sample-too-old\"} 2", await server.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_window_old_samples_are_out_of_order_or_out_of_bounds()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(config: InOrder);
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("now", (now, 1)));
        await AssertRefusedAsync(
            server, new WriteBody().Series("old", (now - 86_400_000, 1)), $"{Tenant}: err: out of bounds. timestamp=");
        await AssertRefusedAsync(
            server, new WriteBody().Series("now", (now - 1, 1)), $"{Tenant}: err: out of order sample. timestamp=");
    }

    [Fact]
    public async Task Samples_within_the_window_are_taken_in_any_order_and_a_reload_changes_the_window()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("late", (now, 3)));
        await AssertAcceptedAsync(server, new WriteBody().Series("late", (now - 60_000, 1), (now - 30_000, 2)));
        await AssertAcceptedAsync(server, new WriteBody().Series("late", (now - 30_000, 2)));
        await AssertRefusedAsync(
            server, new WriteBody().Series("late", (now - 30_000, 4)), "err: duplicate sample for timestamp. timestamp=");
        Assert.Equal("1", await ValueOfAsync(server, "late", now - 45_000));
        Assert.Equal("6", await ValueOfAsync(server, "sum_over_time(late[2m])", now));

        await File.WriteAllTextAsync(server.ConfigFile, InOrder, TestContext.Current.CancellationToken);
        Assert.Null(await server.ReloadAsync());
        await AssertRefusedAsync(
            server, new WriteBody().Series("late", (now - 20_000, 4)), $"{Tenant}: err: out of order sample. timestamp=");
    }

    [Fact]
    public async Task Staleness_markers_and_the_bits_of_a_nan_survive()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        await AssertAcceptedAsync(
            server,
            new WriteBody()
                .Series("gone", (now - 2000, 1), (now - 1000, StaleMarker.Value))
                .Series("not_a_number", (now, StaleMarker.NormalNaN)));
        JsonElement gone = await server.GetAsync($"query?query=gone&time={Seconds(now)}");
        Assert.Equal(0, gone.GetProperty("data").GetProperty("result").GetArrayLength());
        Assert.Equal("NaN", await ValueOfAsync(server, "not_a_number", now));
    }

    [Fact]
    public async Task Metadata_is_kept_and_so_are_exemplars()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        // A series "e" with one sample and one exemplar (field 3) whose value is 0.5.
        byte[] series =
        [
            0x0A, 0x0D, 0x0A, 0x08, .. "__name__"u8, 0x12, 0x01, (byte)'e', 0x12, 0x09, 0x09, .. new byte[8],
            0x1A, 0x09, 0x11, .. BitConverter.GetBytes(0.5),
        ];
        WriteBody body = new WriteBody()
            .Metadata("http_requests", MetricType.Counter, "Requests.", "requests")
            .Series("m", (now, 1))
            .Raw([0x0A, (byte)series.Length, .. series]);
        // The sample with the exemplar lies in 1970 and is the older one of the two: both are in bounds of an empty store.
        using HttpResponseMessage response = await server.WriteAsync(body.Compressed());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement metadata = await server.GetAsync("metadata?metric=http_requests");
        Assert.Equal(
            """{"http_requests":[{"type":"counter","unit":"requests","help":"Requests."}]}""",
            metadata.GetProperty("data").GetRawText());
        JsonElement exemplars = await SendRootAsync(server, "/api/v1/query_exemplars?query=e");
        Assert.Equal(
            """[{"seriesLabels":{"__name__":"e"},"exemplars":[{"labels":{},"value":"0.5","timestamp":0}]}]""",
            exemplars.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task As_AMP_a_workspace_can_refuse_native_histograms_and_store_the_floats_beside_them()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            config: TestServer.OneWorkspace + "\nlimits: {native_histograms: false}");
        long now = NowMs(server);
        byte[] series = [0x0A, 0x0D, 0x0A, 0x08, .. "__name__"u8, 0x12, 0x01, (byte)'h', 0x22, 0x02, 0x78, 0x01];
        await AssertRefusedAsync(
            server,
            new WriteBody().Raw([0x0A, (byte)series.Length, .. series]).Series("beside", (now, 3)),
            $"{Tenant}: err: native histograms are not supported, send classic histograms. series={{__name__=\"h\"}}");
        Assert.Equal("3", await ValueOfAsync(server, "beside", now));
    }

    [Fact]
    public async Task Bodies_that_are_not_snappy_or_not_protobuf_are_refused_and_store_nothing()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        await AssertBadBodyAsync(server, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "snappy");
        await AssertBadBodyAsync(server, [], "snappy");
        await AssertBadBodyAsync(server, WriteBody.Compress([0x0A, 0x7F, 1]), "proto: malformed WriteRequest");
        await AssertBadBodyAsync(
            server, WriteBody.Compress([.. new WriteBody().Series("half", (NowMs(server), 1)).Message(), 0x0A]), "proto");
        Assert.Contains("prometheus_tsdb_head_series{workspace=\"" + TestServer.WorkspaceId + "\"} 0",
            await server.MetricsAsync(), StringComparison.Ordinal);
        await AssertAcceptedAsync(server, new WriteBody());
    }

    [Fact]
    public async Task A_bomb_is_refused_before_its_memory_is_taken()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            config: TestServer.OneWorkspace + "\nlimits: {max_decoded_size: 1MB}");
        // 300 kB of copies that repeat one byte: a claim of 4 MiB that the encoding could keep.
        byte[] bomb = [.. ClaimOf(4 << 20), 0x00, (byte)'a', .. Repeat([0xFE, 0x01, 0x00], 100_000)];
        await AssertBadBodyAsync(server, bomb, "decoded length 4194304 exceeds limit 1048576");
        await AssertBadBodyAsync(server, [.. ClaimOf(uint.MaxValue), 0, 0, 0], "snappy");
    }

    [Fact]
    public async Task Series_over_the_limit_are_refused_with_429_while_the_others_are_stored()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            config: TestServer.OneWorkspace + "\nlimits: {max_series: 2}");
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("first", (now - 1000, 1)));
        using HttpResponseMessage response = await server.WriteAsync(new WriteBody()
            .Series("second", (now, 2)).Series("third", (now - 1, 3), (now, 3)).Series("first", (now, 4)).Compressed());
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(
            $"{Tenant}: per-user series limit of 2 exceeded, please contact administrator to raise it "
            + "(local limit: 0 global limit: 2 actual local limit: 2)\n",
            await TestServer.TextOf(response));
        Assert.Equal("2", await ValueOfAsync(server, "second", now));
        Assert.Equal("4", await ValueOfAsync(server, "first", now));

        string metrics = await server.MetricsAsync();
        string workspace = $"{{workspace=\"{TestServer.WorkspaceId}\"";
        Assert.Contains($"discarded_samples_total{workspace},reason=\"per_user_series_limit\"}} 2", metrics, StringComparison.Ordinal);
        Assert.Contains($"ampedge_ingest_series_limit{workspace}}} 2", metrics, StringComparison.Ordinal);
        Assert.Contains($"prometheus_tsdb_head_series{workspace}}} 2", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_series_are_refused_with_503_while_the_store_is_over_its_memory()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            config: TestServer.OneWorkspace + "\nstorage: {max_head_size: 50KB}");
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("first", (now - 1000, 1)));
        using HttpResponseMessage response = await server.WriteAsync(
            new WriteBody().Series("first", (now - 2000, 7), (now, 2)).Series("second", (now, 3)).Compressed());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("storage.max_head_size", await TestServer.TextOf(response), StringComparison.Ordinal);
        Assert.Equal("2", await ValueOfAsync(server, "first", now));
        Assert.Contains("reason=\"store_full\"} 1", await server.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_answered_with_413()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        using HttpResponseMessage response = await server.WriteAsync(new byte[(1 << 20) + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("1048576", await TestServer.TextOf(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_damaged_body_is_answered_with_success_or_400_and_the_server_lives()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        Gen gen = Gen.Create(74);
        byte[] message = new WriteBody()
            .Series(["__name__", "fuzz", "a", "b"], (NowMs(server), 1), (NowMs(server) + 1, 2))
            .Metadata("fuzz", MetricType.Gauge, "help", "")
            .Message();
        for (int round = 0; round < 300; round++)
        {
            byte[] body = gen.Bool() ? WriteBody.Compress(gen.Mutate(message)) : gen.Mutate(WriteBody.Compress(message));
            using HttpResponseMessage response = await server.WriteAsync(body);
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                $"{response.StatusCode} for {Convert.ToHexString(body)}, {gen}");
        }
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        FaultyFileSystem disk = new();
        long now;
        await using (TestServer first = await TestServer.StartWithoutAuthAsync(disk: disk))
        {
            now = NowMs(first);
            await AssertAcceptedAsync(first, new WriteBody().Series("kept", (now, 42)));
        }

        await using TestServer second = await TestServer.StartWithoutAuthAsync(disk: disk);
        Assert.Equal("42", await ValueOfAsync(second, "kept", now));
    }

    [Fact]
    public async Task A_full_disk_is_answered_with_503_and_the_reason_and_taken_up_again_when_there_is_room()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        long now = NowMs(server);
        await AssertAcceptedAsync(server, new WriteBody().Series("before", (now, 1)));
        server.Disk.CapacityBytes = server.Disk.UsedBytes;
        byte[] body = new WriteBody().Series("during", (now, 2)).Compressed();
        using HttpResponseMessage refused = await server.WriteAsync(body);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        string text = await TestServer.TextOf(refused);
        Assert.StartsWith($"{Tenant}: not stored: ", text, StringComparison.Ordinal);
        Assert.Contains("no room left on the disk", text, StringComparison.Ordinal);
        Assert.Equal("1", await ValueOfAsync(server, "before", now));

        server.Disk.CapacityBytes = long.MaxValue;
        using HttpResponseMessage again = await server.WriteAsync(body);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal("2", await ValueOfAsync(server, "during", now));
    }

    private static async Task<JsonElement> SendRootAsync(TestServer server, string pathAndQuery)
    {
        using HttpResponseMessage response = await server.SendAsync(server.NewRequest(HttpMethod.Get, pathAndQuery));
        return JsonDocument.Parse(await TestServer.TextOf(response)).RootElement;
    }

    private static long NowMs(TestServer server) => server.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string Seconds(long timestampMs) =>
        (timestampMs / 1000.0).ToString("F3", System.Globalization.CultureInfo.InvariantCulture);

    private static byte[] ClaimOf(uint length)
    {
        byte[] claim = new byte[Uvarint.MaxLength];
        return claim.AsSpan(0, Uvarint.Write(claim, length)).ToArray();
    }

    private static byte[] Repeat(byte[] bytes, int times)
    {
        byte[] repeated = new byte[bytes.Length * times];
        for (int index = 0; index < times; index++)
        {
            bytes.CopyTo(repeated, index * bytes.Length);
        }

        return repeated;
    }

    private static async Task<string> ValueOfAsync(TestServer server, string query, long timeMs)
    {
        JsonElement answer = await server.GetAsync($"query?query={Uri.EscapeDataString(query)}&time={Seconds(timeMs)}");
        JsonElement result = answer.GetProperty("data").GetProperty("result");
        Assert.True(result.GetArrayLength() == 1, answer.GetRawText());
        return result[0].GetProperty("value")[1].GetString() ?? "";
    }

    private static async Task AssertAcceptedAsync(TestServer server, WriteBody body)
    {
        using HttpResponseMessage response = await server.WriteAsync(body.Compressed());
        Assert.True(response.StatusCode == HttpStatusCode.OK, await TestServer.TextOf(response));
    }

    private static Task AssertRefusedAsync(TestServer server, WriteBody body, string expected) =>
        AssertBadBodyAsync(server, body.Compressed(), expected);

    private static async Task AssertBadBodyAsync(TestServer server, byte[] body, string expected)
    {
        using HttpResponseMessage response = await server.WriteAsync(body);
        string text = await TestServer.TextOf(response);
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{response.StatusCode}: {text}");
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
    }
}
