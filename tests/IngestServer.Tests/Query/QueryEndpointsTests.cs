using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Query;

public sealed class QueryEndpointsTests
{
    private const long T = 1_700_000_000_000;

    [Theory]
    [InlineData("query?query=1%2B1&time=5", """{"status":"success","data":{"resultType":"scalar","result":[5,"2"]}}""")]
    [InlineData("query?query=1e22&time=5.5", """{"status":"success","data":{"resultType":"scalar","result":[5.5,"10000000000000000000000"]}}""")]
    [InlineData("query?query=%22a%5C%22b%22&time=5", """{"status":"success","data":{"resultType":"string","result":[5,"a\"b"]}}""")]
    [InlineData("query?query=vector(1e22)&time=5.5", """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[5.500,"1e+22"]}]}}""")]
    [InlineData("query_range?query=1&start=0&end=2&step=1", """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"1"],[1,"1"],[2,"1"]]}]}}""")]
    [InlineData("labels", """{"status":"success","data":["__name__","dotted.label","instance"]}""")]
    [InlineData("label/U__dotted_2e_label/values", """{"status":"success","data":["x"]}""")]
    [InlineData("label/dotted.label/values", """{"status":"success","data":["x"]}""")]
    [InlineData("label/instance/values?match[]=a&match[]=b", """{"status":"success","data":["1","2"]}""")]
    [InlineData("series?match[]=b&match[]={instance=\"1\"}", """{"status":"success","data":[{"__name__":"a","instance":"1"},{"__name__":"b","dotted.label":"x","instance":"2"}]}""")]
    [InlineData("series?match[]=a&match[]=b&limit=1", """{"status":"success","data":[{"__name__":"a","instance":"1"}],"warnings":["results truncated due to limit"]}""")]
    [InlineData("series?match[]=a&start=1", """{"status":"success","data":[{"__name__":"a","instance":"1"}]}""")]
    [InlineData("series?match[]=a&end=1", """{"status":"success","data":[]}""")]
    [InlineData("metadata?limit=0", """{"status":"success","data":{}}""")]
    public async Task An_answer_is_written_as_Prometheus_writes_it(string api, string expected)
    {
        await using TestServer server = await StartFilledAsync();
        Assert.Equal(expected, await TextAsync(server, api, HttpStatusCode.OK));
    }

    [Theory]
    [InlineData("query", "invalid parameter \\\"query\\\": unknown position: parse error: no expression found in input")]
    [InlineData("query?query=1&limit=x", "invalid parameter \\\"limit\\\": strconv.Atoi: parsing \\\"x\\\": invalid syntax")]
    [InlineData("query?query=1&limit=-1", "invalid parameter \\\"limit\\\": limit must be non-negative")]
    [InlineData("query?query=1&time=x", "invalid parameter \\\"time\\\": invalid time value for 'time': cannot parse \\\"x\\\" to a valid timestamp")]
    [InlineData("query?query=1&lookback_delta=x", "error parsing lookback delta duration: cannot parse \\\"x\\\" to a valid duration")]
    [InlineData("query?query=%zz", "error parsing form values: invalid URL escape \\\"%zz\\\"")]
    [InlineData("query_range?query=1&end=1&step=1", "invalid parameter \\\"start\\\": cannot parse \\\"\\\" to a valid timestamp")]
    [InlineData("query_range?query=1&start=2&end=1&step=1", "invalid parameter \\\"end\\\": end timestamp must not be before start time")]
    [InlineData("query_range?query=1&start=1&end=2&step=-1", "zero or negative query resolution step widths")]
    [InlineData("query_range?query=1&start=0&end=11001&step=1", "exceeded maximum resolution of 11,000 points per timeseries")]
    [InlineData("query_range?query=1&start=0&end=1&step=1e12", "invalid parameter \\\"step\\\": cannot parse \\\"1e12\\\" to a valid duration. It overflows int64")]
    [InlineData("query_range?query=up[1m]&start=0&end=1&step=1", "invalid expression type \\\"range vector\\\" for range query")]
    [InlineData("series", "no match[] parameter provided")]
    [InlineData("labels?match[]={}", "match[] must contain at least one non-empty matcher")]
    [InlineData("label/%FF/values", "invalid label name: \\\"\\\\xff\\\"")]
    [InlineData("label/a%C3%28%2Fb/values", "invalid label name: \\\"a\\\\xc3(/b\\\"")]
    [InlineData("label/U__/values", "invalid label name: \\\"U__\\\"")]
    [InlineData("metadata?limit=x", "limit must be a number")]
    [InlineData("metadata?limit_per_metric=x", "limit_per_metric must be a number")]
    [InlineData("format_query?query=(", "invalid parameter \\\"query\\\": 1:2: parse error")]
    public async Task A_parameter_that_cannot_be_taken_is_named_in_Prometheus_words(string api, string expected)
    {
        await using TestServer server = await StartFilledAsync();
        string text = await TextAsync(server, api, HttpStatusCode.BadRequest);
        Assert.StartsWith("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_values_of_several_selectors_and_metadata_come_in_the_order_of_their_bytes()
    {
        const string Low = "\uFF61";
        const string High = "\U0001F600";
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        WriteBody body = new WriteBody()
            .Series(["__name__", "a", "l" + High, "x", "l", High], (T, 1))
            .Series(["__name__", "b", "l" + Low, "x", "l", Low], (T, 1))
            .Metadata(High, MetricType.Gauge, "", "")
            .Metadata(Low, MetricType.Gauge, "", "");
        using (HttpResponseMessage written = await server.WriteAsync(body.Compressed()))
        {
            Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        }

        JsonElement names = await server.GetAsync("labels?match[]=a&match[]=b");
        JsonElement values = await server.GetAsync("label/l/values?match[]=a&match[]=b");
        JsonElement metadata = await server.GetAsync("metadata");
        Assert.Equal(["__name__", "l", "l" + Low, "l" + High], Texts(names));
        Assert.Equal([Low, High], Texts(values));
        List<string> families = [];
        foreach (JsonProperty family in metadata.GetProperty("data").EnumerateObject())
        {
            families.Add(family.Name);
        }

        Assert.Equal([Low, High], families);

        static List<string?> Texts(JsonElement answer)
        {
            List<string?> texts = [];
            foreach (JsonElement text in answer.GetProperty("data").EnumerateArray())
            {
                texts.Add(text.GetString());
            }

            return texts;
        }
    }

    [Fact]
    public async Task An_answer_larger_than_its_buffer_arrives_whole_plain_and_compressed()
    {
        await using TestServer server = await StartFilledAsync();
        string api = "query_range?start=0&end=10000&step=1&query="
            + Uri.EscapeDataString("vector(time()) or label_replace(vector(time()/7), \"x\", \"y\", \"\", \"\")");
        string plain = await TextAsync(server, api, HttpStatusCode.OK);
        Assert.True(plain.Length > 300_000);
        Assert.Equal(2, JsonDocument.Parse(plain).RootElement.GetProperty("data").GetProperty("result").GetArrayLength());

        using HttpRequestMessage request = server.NewRequest(HttpMethod.Get, TestServer.PathOf(api));
        request.Headers.Add("Accept-Encoding", "br, gzip;q=0.5");
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal("gzip", string.Join(',', response.Content.Headers.ContentEncoding));
        await using GZipStream unpacked = new(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using StreamReader reader = new(unpacked);
        Assert.Equal(plain, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_workspace_whose_name_is_no_UTF_8_is_not_found()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Sign(
            server.NewRequest(HttpMethod.Get, "/workspaces/%FF%C3/api/v1/query?query=1"), TestServer.Admin);
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Workspace not found", await TestServer.TextOf(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_request_gets_the_headers_without_the_body()
    {
        await using TestServer server = await StartFilledAsync();
        using HttpRequestMessage request = server.NewRequest(HttpMethod.Head, TestServer.PathOf("query?query=1"));
        using HttpResponseMessage response = await server.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await TestServer.TextOf(response));
    }

    [Fact]
    public async Task Without_a_workspace_in_the_path_there_must_be_exactly_one()
    {
        await using TestServer one = await StartFilledAsync();
        using HttpRequestMessage request = one.NewRequest(HttpMethod.Get, "/api/v1/query?query=a");
        using HttpResponseMessage response = await one.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await using TestServer two = await TestServer.StartWithoutAuthAsync(config: TestServer.Config);
        using HttpRequestMessage ambiguous = two.NewRequest(HttpMethod.Get, "/api/v1/query?query=a");
        using HttpResponseMessage refused = await two.SendAsync(ambiguous);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Contains("2 workspaces", await TestServer.TextOf(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_series_that_was_just_written_is_seen_by_every_endpoint()
    {
        await using TestServer server = await StartFilledAsync();
        using HttpResponseMessage written = await server.WriteAsync(
            new WriteBody().Series(["__name__", "fresh", "é", "\"\\\n"], (T + 2000, 1)).Compressed());
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        foreach (string api in (string[])["query?time=1700000002&query=fresh", "series?match[]=fresh", "label/__name__/values", "labels"])
        {
            string text = await TextAsync(server, api, HttpStatusCode.OK);
            Assert.True(text.Contains("fresh", StringComparison.Ordinal) || text.Contains('é', StringComparison.Ordinal), text);
        }
    }

    private static async Task<TestServer> StartFilledAsync()
    {
        TestServer server = await TestServer.StartWithoutAuthAsync();
        using HttpResponseMessage response = await server.WriteAsync(new WriteBody()
            .Series(["__name__", "a", "instance", "1"], (T, 1), (T + 1000, 2))
            .Series(["__name__", "b", "instance", "2", "dotted.label", "x"], (T, 3))
            .Compressed());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return server;
    }

    private static async Task<string> TextAsync(TestServer server, string api, HttpStatusCode expected)
    {
        // As written: Uri would escape brackets and quotes for us, which clients do not always do.
        HttpRequestMessage request = new(HttpMethod.Get, new Uri(
            $"http://127.0.0.1:{server.Port}{TestServer.PathOf(api)}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using HttpResponseMessage response = await server.SendAsync(request);
        string text = await TestServer.TextOf(response);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return text;
    }
}
