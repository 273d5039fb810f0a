using System.Net;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Query;

public sealed class QueryStatisticsTests
{
    private const long T = 1_700_000_000_000;

    /// <summary>Three series, the last of which ends after the first step.</summary>
    private static readonly WriteBody s_body = new WriteBody()
        .Series(["__name__", "a", "i", "1"], (T, 1), (T + 10_000, 2), (T + 20_000, 3))
        .Series(["__name__", "a", "i", "2"], (T, 1), (T + 10_000, 2), (T + 20_000, 3))
        .Series(["__name__", "a", "i", "3"], (T, 1));

    [Theory]
    [InlineData("query?query=a&time=1700000000&stats=all", "[[1700000000,3]]", 3)]
    [InlineData("query_range?query=a&start=1700000000&end=1700000020&step=10&lookback_delta=5s&stats=all", "[[1700000000,3],[1700000010,2],[1700000020,2]]", 7)]
    [InlineData("query_range?query=sum_over_time(a[15s])&start=1700000000&end=1700000020&step=10&stats=all", "[[1700000000,3],[1700000010,5],[1700000020,4]]", 12)]
    [InlineData("query_range?query=a%2Bsum_over_time(a[10s:5s])&start=1700000000&end=1700000010&step=10&lookback_delta=5s&stats=all", "[[1700000000,6],[1700000010,9]]", 15)]
    [InlineData("query_range?query=a&start=1700000000&end=1700000020&step=10&lookback_delta=5s&stats=1", "", 7)]
    public async Task Samples_are_told_by_step_to_who_asks_for_all(string api, string perStep, long total)
    {
        await using TestServer server = await StartAsync(perStep: true);
        JsonElement samples = (await server.GetAsync(api)).GetProperty("data").GetProperty("stats").GetProperty("samples");
        string told = samples.TryGetProperty("totalQueryableSamplesPerStep", out JsonElement steps) ? steps.GetRawText() : "";
        Assert.Equal((perStep, total), (told, samples.GetProperty("totalQueryableSamples").GetInt64()));
    }

    [Fact]
    public async Task Without_the_feature_there_are_no_steps_in_the_statistics()
    {
        await using TestServer server = await StartAsync(perStep: false);
        JsonElement stats = (await server.GetAsync("query?query=a&time=1700000000&stats=all")).GetProperty("data").GetProperty("stats");
        Assert.False(stats.GetProperty("samples").TryGetProperty("totalQueryableSamplesPerStep", out _));
        Assert.True(stats.GetProperty("timings").TryGetProperty("execQueueTime", out _));
    }

    [Theory]
    [InlineData("max_samples_processed_warning_threshold=12", null)]
    [InlineData("max_samples_processed_warning_threshold=11", "the query processed more samples than its warning threshold allows (processed: 12, threshold: 11)")]
    public async Task A_query_over_AMPs_warning_threshold_is_answered_with_a_warning(string parameter, string? warning)
    {
        await using TestServer server = await StartAsync(perStep: false);
        JsonElement answer = await server.GetAsync(
            "query_range?query=sum_over_time(a[15s])&start=1700000000&end=1700000020&step=10&" + parameter);
        Assert.Equal("success", answer.GetProperty("status").GetString());
        Assert.Equal(warning, answer.TryGetProperty("warnings", out JsonElement warnings) ? warnings[0].GetString() : null);
    }

    [Theory]
    [InlineData("max_samples_processed_error_threshold=12", HttpStatusCode.OK, "")]
    [InlineData("max_samples_processed_error_threshold=6", HttpStatusCode.UnprocessableEntity, "the query processed more samples than its error threshold allows (processed: ")]
    [InlineData("max_samples_processed_error_threshold=x", HttpStatusCode.BadRequest, "invalid parameter \"max_samples_processed_error_threshold\": \"x\" is not a positive number of samples")]
    [InlineData("max_samples_processed_warning_threshold=0", HttpStatusCode.BadRequest, "invalid parameter \"max_samples_processed_warning_threshold\"")]
    public async Task A_query_over_AMPs_error_threshold_fails(string parameter, HttpStatusCode status, string error)
    {
        await using TestServer server = await StartAsync(perStep: false);
        using HttpResponseMessage response = await server.SendAsync(server.NewRequest(
            HttpMethod.Get,
            TestServer.PathOf("query_range?query=sum_over_time(a[15s])&start=1700000000&end=1700000020&step=10&" + parameter)));
        JsonElement answer = JsonDocument.Parse(await TestServer.TextOf(response)).RootElement;
        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(error, answer.TryGetProperty("error", out JsonElement text) ? text.GetString() : "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processed_samples_and_failures_are_counted()
    {
        await using TestServer server = await StartAsync(perStep: false);
        await server.GetAsync("query?query=a&time=1700000000");
        await server.GetAsync("query?query=a&time=1700000000&max_samples_processed_error_threshold=1");
        await server.GetAsync("query?query=(&time=1700000000");
        string metrics = await server.MetricsAsync();
        foreach (string line in (string[])
            [
                $"ampedge_query_samples_processed_total{{workspace=\"{TestServer.WorkspaceId}\"}} 3",
                "prometheus_engine_query_samples_total 3",
                "prometheus_engine_queries 0",
                "prometheus_engine_queries_concurrent_max 20",
                "prometheus_engine_query_duration_seconds_count{slice=\"inner_eval\"} 1",
                "ampedge_queries_failed_total{reason=\"execution\"} 1",
                "ampedge_queries_failed_total{reason=\"bad_data\"} 1",
                "ampedge_queries_failed_total{reason=\"canceled\"} 0",
            ])
        {
            Assert.Contains("\n" + line + "\n", metrics, StringComparison.Ordinal);
        }
    }

    private static async Task<TestServer> StartAsync(bool perStep)
    {
        TestServer server = await TestServer.StartWithoutAuthAsync(settings => settings with { PerStepStatistics = perStep });
        using HttpResponseMessage written = await server.WriteAsync(s_body.Compressed());
        Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        return server;
    }
}
