using System.Net;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.QueryLogging;

public sealed class QueryLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ampedge-query-log-");

    private string LogFile => Path.Combine(_folder.FullName, "query.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_query_is_a_line_with_Prometheus_members()
    {
        string[] lines;
        await using (TestServer server = await StartAsync())
        {
            await GetAsync(server, "query?query=1%2B1&time=5.25");
            await GetAsync(server, "query_range?query=vector(1)&start=10&end=20&step=5");
            await GetAsync(server, "query?query=label_replace(vector(1),%22a%22,%22%22,%22%22,%22(%22)&time=1");
            await GetAsync(server, "query?query=(");
        }

        lines = await File.ReadAllLinesAsync(LogFile, TestContext.Current.CancellationToken);
        Assert.Equal(3, lines.Length);
        JsonElement instant = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal("promql query logged", instant.GetProperty("msg").GetString());
        Assert.Equal(
            """{"end":"1970-01-01T00:00:05.25Z","query":"1+1","start":"1970-01-01T00:00:05.25Z","step":0}""",
            instant.GetProperty("params").GetRawText());
        Assert.Equal(TestServer.WorkspaceId, instant.GetProperty("workspace").GetString());
        JsonElement request = instant.GetProperty("httpRequest");
        Assert.Equal("127.0.0.1", request.GetProperty("clientIP").GetString());
        Assert.Equal("GET", request.GetProperty("method").GetString());
        Assert.Equal(TestServer.PathOf("query"), request.GetProperty("path").GetString());
        Assert.True(instant.GetProperty("stats").GetProperty("timings").GetProperty("execTotalTime").GetDouble() >= 0);
        Assert.Equal(0, instant.GetProperty("stats").GetProperty("samples").GetProperty("totalQueryableSamples").GetInt64());
        Assert.False(instant.TryGetProperty("error", out _));
        Assert.Equal(5, JsonDocument.Parse(lines[1]).RootElement.GetProperty("params").GetProperty("step").GetInt32());
        Assert.Contains(
            "invalid regular expression", JsonDocument.Parse(lines[2]).RootElement.GetProperty("error").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_opens_the_file_again_after_it_was_moved_away_and_closes_it_when_the_key_is_gone()
    {
        string moved = LogFile + ".1";
        await using (TestServer server = await StartAsync())
        {
            await GetAsync(server, "query?query=1");
            File.Move(LogFile, moved);
            Assert.Null(await server.ReloadAsync());
            await GetAsync(server, "query?query=2");
            Assert.Contains("prometheus_engine_query_log_enabled 1", await server.MetricsAsync(), StringComparison.Ordinal);
            await File.WriteAllTextAsync(server.ConfigFile, TestServer.OneWorkspace, TestContext.Current.CancellationToken);
            Assert.Null(await server.ReloadAsync());
            await GetAsync(server, "query?query=3");
            Assert.Contains("prometheus_engine_query_log_enabled 0", await server.MetricsAsync(), StringComparison.Ordinal);
        }

        // Which of the two files has the first line depends on when it was written, but none is lost or written twice.
        List<string?> queries = [];
        foreach (string file in (string[])[moved, LogFile])
        {
            foreach (string line in await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            {
                queries.Add(JsonDocument.Parse(line).RootElement.GetProperty("params").GetProperty("query").GetString());
            }
        }

        Assert.Equal("1", queries[0]);
        Assert.DoesNotContain("3", queries);
    }

    [Fact]
    public async Task A_reload_whose_file_cannot_be_opened_is_refused_and_changes_nothing()
    {
        await using TestServer server = await StartAsync();
        await File.WriteAllTextAsync(
            server.ConfigFile, $"{TestServer.OneWorkspace}\nquery_log_file: {_folder.FullName}", TestContext.Current.CancellationToken);
        Assert.Contains("query_log_file", await server.ReloadAsync(), StringComparison.Ordinal);
        Assert.Contains("prometheus_engine_query_log_enabled 1", await server.MetricsAsync(), StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync() =>
        TestServer.StartWithoutAuthAsync(config: $"{TestServer.OneWorkspace}\nquery_log_file: {LogFile}");

    private static async Task GetAsync(TestServer server, string api)
    {
        using HttpResponseMessage response = await server.SendAsync(server.NewRequest(HttpMethod.Get, TestServer.PathOf(api)));
        Assert.NotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
    }
}
