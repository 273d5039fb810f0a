using System.Net;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.SigV4;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Status;

public sealed class StatusEndpointsTests
{
    private const long T = 1_700_000_000_000;

    [Theory]
    [InlineData("targets", """{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}""")]
    [InlineData("targets?state=active", """{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":null}""")]
    [InlineData("targets?state=DROPPED", """{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}""")]
    [InlineData("targets/metadata?match_target={a=\"b\"}&limit=-1", "[]")]
    [InlineData("scrape_pools", """{"scrapePools":[]}""")]
    [InlineData("alertmanagers", """{"activeAlertmanagers":[],"droppedAlertmanagers":[]}""")]
    [InlineData("notifications", "[]")]
    [InlineData("rules?type=ALERT&exclude_alerts=T&group_limit=1&match[]={a=\"b\"}", """{"groups":[]}""")]
    [InlineData("alerts", """{"alerts":[]}""")]
    [InlineData("status/walreplay", """{"min":0,"max":0,"current":0}""")]
    [InlineData("status/tsdb", """{"headStats":{"numSeries":0,"numLabelPairs":0,"chunkCount":0,"minTime":9223372036854775807,"maxTime":-9223372036854775808},"seriesCountByMetricName":[],"labelValueCountByLabelName":[],"memoryInBytesByLabelName":[],"seriesCountByLabelValuePair":[]}""")]
    public async Task A_server_that_scrapes_nothing_and_holds_nothing_answers_with_the_empty_shape(string api, string data)
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        using HttpResponseMessage response = await server.SendAsync(server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)));
        Assert.Equal($$"""{"status":"success","data":{{data}}}""", await TestServer.TextOf(response));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("targets/metadata?limit=x", "limit must be a number")]
    [InlineData("targets/metadata?match_target={", "invalid parameter \"match_target\": 1:2: parse error: unexpected end of input inside braces")]
    [InlineData("rules?type=x", "invalid parameter \"type\": not supported value \"x\"")]
    [InlineData("rules?match[]={}", "match[] must contain at least one non-empty matcher")]
    [InlineData("rules?exclude_alerts=2", "invalid parameter \"exclude_alerts\": error converting exclude_alerts: strconv.ParseBool: parsing \"2\": invalid syntax")]
    [InlineData("rules?group_limit=x", "invalid parameter \"group_limit\": group_limit needs to be a valid number: strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("rules?group_limit=0", "invalid parameter \"group_limit\": group_limit needs to be greater than 0")]
    [InlineData("rules?group_next_token=x", "invalid parameter \"group_next_token\": group_limit needs to be present in order to paginate over the groups")]
    [InlineData("rules?group_limit=1&group_next_token=x", "invalid parameter \"group_next_token\": invalid group_next_token 'x'. were rule groups changed?")]
    [InlineData("status/tsdb?limit=0", "limit must be a positive number")]
    [InlineData("status/tsdb?limit=x", "limit must be a positive number")]
    [InlineData("status/tsdb?limit=10001", "limit must not exceed 10000")]
    public async Task A_parameter_that_cannot_be_taken_is_refused_in_Prometheus_words(string api, string expected)
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        using HttpResponseMessage response = await server.SendAsync(server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonElement error = JsonDocument.Parse(await TestServer.TextOf(response)).RootElement;
        Assert.Equal("bad_data", error.GetProperty("errorType").GetString());
        Assert.Equal(expected, error.GetProperty("error").GetString());
    }

    [Fact]
    public async Task The_index_is_told_in_as_many_rows_as_asked_for()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        WriteBody body = new();
        for (int index = 0; index < 12; index++)
        {
            body.Series(["__name__", index % 3 == 0 ? "a" : "b", "i", $"{index:00}"], (T, 1), (T + 1000, 2));
        }

        using (HttpResponseMessage written = await server.WriteAsync(body.Compressed()))
        {
            Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        }

        JsonElement data = (await server.GetAsync("status/tsdb")).GetProperty("data");
        Assert.Equal(
            """{"numSeries":12,"numLabelPairs":14,"chunkCount":12,"minTime":1700000000000,"maxTime":1700000001000}""",
            data.GetProperty("headStats").GetRawText());
        Assert.Equal(
            """[{"name":"b","value":8},{"name":"a","value":4}]""", data.GetProperty("seriesCountByMetricName").GetRawText());
        Assert.Equal(
            """[{"name":"i","value":12},{"name":"__name__","value":2}]""",
            data.GetProperty("labelValueCountByLabelName").GetRawText());
        Assert.Equal(10, data.GetProperty("seriesCountByLabelValuePair").GetArrayLength());
        data = (await server.GetAsync("status/tsdb?limit=1")).GetProperty("data");
        Assert.Equal(
            """[{"name":"__name__=b","value":8}]""", data.GetProperty("seriesCountByLabelValuePair").GetRawText());
    }

    [Fact]
    public async Task The_configuration_shown_is_that_of_the_workspace_and_nobodys_key()
    {
        await using TestServer server = await TestServer.StartAsync();
        HttpRequestMessage request = server.Sign(
            server.NewRequest(HttpMethod.Get, TestServer.PathOf("status/config")), TestServer.Admin);
        using HttpResponseMessage response = await server.SendAsync(request);
        string yaml = JsonDocument.Parse(await TestServer.TextOf(response)).RootElement
            .GetProperty("data").GetProperty("yaml").GetString() ?? "";
        Assert.Contains($"id: {TestServer.WorkspaceId}\n", yaml, StringComparison.Ordinal);
        Assert.Contains("retention_time: 150d\n", yaml, StringComparison.Ordinal);
        Assert.Contains("max_series: 2000000\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain(TestServer.OtherWorkspaceId, yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_and_runtime_have_Prometheus_members()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync(
            settings => settings with { Flags = [new("query.max-samples", "50000000"), new("web.cors.origin", ".\"*")] });
        Assert.Equal(
            """{"query.max-samples":"50000000","web.cors.origin":".\"*"}""",
            (await server.GetAsync("status/flags")).GetProperty("data").GetRawText());
        JsonElement runtime = (await server.GetAsync("status/runtimeinfo")).GetProperty("data");
        Assert.True(runtime.GetProperty("reloadConfigSuccess").GetBoolean());
        Assert.Equal("150d", runtime.GetProperty("storageRetention").GetString());
        Assert.True(runtime.GetProperty("serverTime").GetDateTimeOffset() >= runtime.GetProperty("startTime").GetDateTimeOffset());
    }

    [Fact]
    public async Task Strict_as_AMP_has_rules_and_alerts_and_nothing_of_the_rest()
    {
        await using TestServer server = await TestServer.StartAsync(static settings => settings with { StrictAmp = true });
        foreach ((string api, HttpStatusCode expected) in ((string, HttpStatusCode)[])
            [
                ("rules", HttpStatusCode.OK),
                ("alerts", HttpStatusCode.OK),
                ("status/tsdb", HttpStatusCode.NotFound),
                ("targets", HttpStatusCode.NotFound),
            ])
        {
            HttpRequestMessage request = server.Sign(
                server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)), TestServer.Admin);
            using HttpResponseMessage response = await server.SendAsync(request);
            Assert.Equal((api, expected), (api, response.StatusCode));
        }
    }

    [Theory]
    [InlineData("rules")]
    [InlineData("status/config")]
    public async Task Who_may_only_write_is_told_nothing(string api)
    {
        await using TestServer server = await TestServer.StartAsync();
        AwsCredentials writer = TestServer.Writer;
        using HttpResponseMessage response = await server.SendAsync(
            server.Sign(server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)), writer));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
