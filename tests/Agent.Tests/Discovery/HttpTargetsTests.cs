using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class HttpTargetsTests
{
    private const string Json = "application/json; charset=utf-8";

    private readonly DiscoveryMetrics _metrics = new(new MetricRegistry());

    private const string ContentTypesFile = "conformance/config/http_sd_content_types.json";

    public static TheoryData<string, bool> ContentTypes
    {
        get
        {
            TheoryData<string, bool> cases = [];
            if (!Oracle.Has(ContentTypesFile))
            {
                cases.Add(Oracle.NoCase, false);
                return cases;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate(ContentTypesFile)));
            foreach (JsonElement testCase in document.RootElement.EnumerateArray())
            {
                cases.Add(testCase.GetProperty("content_type").GetString()!, testCase.GetProperty("accepted").GetBoolean());
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(ContentTypes))]
    public async Task Content_types_are_taken_or_refused_as_by_prometheus(string contentType, bool accepted)
    {
        Oracle.Locate(ContentTypesFile);
        await using ScriptedHttpServer server = new(Answer("[]", contentType));
        using HttpTargets targets = Targets(server);

        Exception? refusal = await Record.ExceptionAsync(() => FindAsync(targets));

        Assert.Equal(accepted, refusal is null);
        Assert.True(accepted || refusal!.Message.Contains("unsupported content type", StringComparison.Ordinal), refusal?.Message);
        Assert.Equal(accepted ? 0 : 1, _metrics.HttpFailures.Value);
    }

    [Fact]
    public async Task The_request_is_what_prometheus_sends()
    {
        await using ScriptedHttpServer server = new(Answer("[]"));
        using HttpTargets targets = Targets(server);

        await FindAsync(targets);

        ScriptedRequest request = Assert.Single(server.Requests);
        Assert.Equal("GET", request.Method);
        Assert.Equal("/targets?x=1", request.Target);
        Assert.Equal("application/json", request.Headers["Accept"]);
        Assert.Equal("30.5", request.Headers["X-Prometheus-Refresh-Interval-Seconds"]);
        Assert.StartsWith("ampedge-agent/", request.Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recorded_good_answer_gives_its_groups()
    {
        string body = await File.ReadAllTextAsync(
            Oracle.Locate("conformance/config/http_sd.good.json"), TestContext.Current.CancellationToken);
        await using ScriptedHttpServer server = new(Answer(body));
        using HttpTargets targets = Targets(server);

        TargetGroup group = Assert.Single((await FindAsync(targets)).Groups);

        Assert.Equal($"{server.Url.OriginalString}/targets?x=1:0", group.Source);
        Assert.Equal("{__address__=\"127.0.0.1:9090\"}", Assert.Single(group.Targets).ToString());
        Assert.Equal(
            $"{{__meta_datacenter=\"bru1\", __meta_url=\"{server.Url.OriginalString}/targets?x=1\"}}", group.Labels.ToString());
    }

    [Fact]
    public async Task Groups_that_vanish_from_the_answer_are_ended()
    {
        await using ScriptedHttpServer server = new(
            Answer("[{\"targets\":[\"a:1\"]},{\"targets\":[\"b:1\"]},{\"targets\":[\"c:1\"]}]"),
            Answer("oh no", status: 500), Answer("[{\"targets\":[\"a:1\"]}]"), Answer("null"));
        using HttpTargets targets = Targets(server);

        Assert.Equal(3, (await FindAsync(targets)).Groups.Count);
        await Assert.ThrowsAsync<DiscoveryException>(() => FindAsync(targets));
        IReadOnlyList<TargetGroup> third = (await FindAsync(targets)).Groups;
        Assert.Equal([1, 0, 0], Counts(third));
        Assert.EndsWith(":2", third[2].Source, StringComparison.Ordinal);
        Assert.Equal([0], Counts((await FindAsync(targets)).Groups));
    }

    [Theory]
    [InlineData(404, Json, "", "server returned HTTP status 404 Not Found")]
    [InlineData(204, Json, "", "server returned HTTP status 204")]
    [InlineData(200, Json, "[{\"targets\":[\"a:1\"]", "not JSON")]
    [InlineData(200, Json, "[null]", "a target group is null")]
    [InlineData(200, Json, "[{\"targets\":[1]}]", "a target is '1'")]
    [InlineData(200, Json, "[{\"labels\":{\"a\":1}}]", "the label 'a' is '1'")]
    [InlineData(200, Json, "[{\"source\":\"x\"}]", "unknown key 'source'")]
    [InlineData(200, Json, "[{\"targets\":[\"\\ud800\"]}]", "surrogate")]
    public async Task An_answer_of_no_use_is_refused_with_the_reason(int status, string type, string body, string reason)
    {
        await using ScriptedHttpServer server = new(Answer(body, type, status));
        using HttpTargets targets = Targets(server);

        DiscoveryException refusal = await Assert.ThrowsAsync<DiscoveryException>(() => FindAsync(targets));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(server.Address, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, _metrics.HttpFailures.Value);
    }

    [Fact]
    public async Task Packed_answers_are_unpacked_and_a_bomb_is_refused()
    {
        await using ScriptedHttpServer server = new(
            Packed("[{\"targets\":[\"a:1\"]}]"u8.ToArray()), Packed(new byte[65 << 20]));
        using HttpTargets targets = Targets(server);

        Assert.Single((await FindAsync(targets)).Groups);
        DiscoveryException refusal = await Assert.ThrowsAsync<DiscoveryException>(() => FindAsync(targets));
        Assert.Contains("larger than 67108864 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_is_a_failure()
    {
        HttpTargets targets;
        await using (ScriptedHttpServer server = new(Answer("[]")))
        {
            targets = Targets(server);
        }

        using (targets)
        {
            DiscoveryException failure = await Assert.ThrowsAsync<DiscoveryException>(() => FindAsync(targets));
            Assert.Contains("refused", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Mutated_answers_give_groups_or_a_reason()
    {
        Gen gen = Gen.Create(4711);
        byte[] good = Encoding.UTF8.GetBytes(
            "[{\"targets\":[\"a:1\",\"b:2\"],\"labels\":{\"x\":\"\\u00e4\",\"y\":\"ü\"}},{\"targets\":[]}]");
        for (int run = 0; run < 2000; run++)
        {
            byte[] mutated = gen.Mutate(good);
            IReadOnlyList<TargetGroup>? groups = TargetGroupReader.ReadJson("u", mutated, out string? problem);
            Assert.True(groups is null == problem is not null, $"run {run}, {gen}: {Encoding.UTF8.GetString(mutated)}");
        }

        await Task.CompletedTask;
    }

    private HttpTargets Targets(ScriptedHttpServer server)
    {
        HttpClientConfig client = new();
        HttpDiscoveryConfig config = new(new Uri($"{server.Url.OriginalString}/targets?x=1"), TimeSpan.FromSeconds(30.5), client);
        return new HttpTargets(
            config, new HttpMessageInvoker(HttpHandlerBuilder.Build(client, TimeProvider.System)), _metrics);
    }

    private static Task<RefreshAnswer> FindAsync(HttpTargets targets) =>
        targets.FindAsync(TestContext.Current.CancellationToken);

    private static List<int> Counts(IReadOnlyList<TargetGroup> groups)
    {
        List<int> counts = [];
        foreach (TargetGroup group in groups)
        {
            counts.Add(group.Targets.Count);
        }

        return counts;
    }

    private static ScriptedResponse Answer(string body, string contentType = Json, int status = 200) => new(
        status, new Dictionary<string, string> { ["Content-Type"] = contentType }, Encoding.UTF8.GetBytes(body));

    private static ScriptedResponse Packed(byte[] body)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return new ScriptedResponse(
            200,
            new Dictionary<string, string> { ["Content-Type"] = Json, ["Content-Encoding"] = "gzip" },
            packed.ToArray());
    }
}
