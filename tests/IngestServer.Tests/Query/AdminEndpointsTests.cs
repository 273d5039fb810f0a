using System.Linq;
using System.Net;
using System.Text.Json;
using AmpEdge.IngestServer.Tests.Support;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Query;

public sealed class AdminEndpointsTests
{
    private const string Api = "/api/v1/admin/tsdb/";

    /// <summary>In the past of whenever this runs.</summary>
    private static readonly DateTimeOffset s_start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public async Task Without_the_switch_nothing_is_deleted_and_the_answer_says_so()
    {
        await using TestServer server = await TestServer.StartWithoutAuthAsync();
        foreach (string call in (string[])["delete_series?match[]=up", "clean_tombstones", "snapshot"])
        {
            (HttpStatusCode status, string text) = await PostAsync(server, call);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Equal("""{"status":"error","errorType":"unavailable","error":"admin APIs disabled"}""", text);
        }
    }

    [Fact]
    public async Task Deleted_samples_are_gone_from_answers_at_once_and_after_a_restart()
    {
        FaultyFileSystem disk = new();
        await using (TestServer server = await StartAsync(disk))
        {
            await WriteAsync(server);
            (HttpStatusCode status, string text) = await PostAsync(
                server, $"delete_series?match[]=up%7Bjob=%22a%22%7D&start={Seconds(0)}&end={Seconds(1)}");
            Assert.Equal((HttpStatusCode.NoContent, ""), (status, text));
            Assert.Equal("a: 3; b: 1 2 3", await ReadAsync(server));
            Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(server, "clean_tombstones")).Status);
        }

        await using TestServer again = await StartAsync(disk);
        Assert.Equal("a: 3; b: 1 2 3", await ReadAsync(again));
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(again, "delete_series?match[]=up")).Status);
        Assert.Equal("", await ReadAsync(again));
    }

    [Theory]
    [InlineData("delete_series", "bad_data", "no match[] parameter provided")]
    [InlineData("delete_series?match[]=up&start=x", "bad_data", "invalid parameter \"start\"")]
    [InlineData("delete_series?match[]=up&end=x", "bad_data", "invalid parameter \"end\"")]
    [InlineData("delete_series?match[]=%7B", "bad_data", "invalid parameter \"match[]\"")]
    [InlineData("delete_series?match[]=%7B%7D", "bad_data", "must contain at least one non-empty matcher")]
    [InlineData("snapshot?skip_head=maybe", "bad_data", "invalid parameter \"skip_head\": unable to parse boolean")]
    public async Task What_cannot_be_read_is_refused_as_Prometheus_does(string call, string type, string error)
    {
        await using TestServer server = await StartAsync(new FaultyFileSystem());
        (HttpStatusCode status, string text) = await PostAsync(server, call);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        JsonElement answer = JsonDocument.Parse(text).RootElement;
        Assert.Equal(type, answer.GetProperty("errorType").GetString());
        Assert.Contains(error, answer.GetProperty("error").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_is_a_folder_of_blocks_that_holds_what_the_server_held()
    {
        FaultyFileSystem disk = new();
        await using TestServer server = await StartAsync(disk);
        await WriteAsync(server);
        (HttpStatusCode status, string text) = await PostAsync(server, "snapshot");
        Assert.Equal(HttpStatusCode.OK, status);
        string name = JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("name").GetString()!;
        Assert.Matches("^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}$", name);

        string folder = $"data/{TestServer.WorkspaceId}/snapshots/{name}";
        string block = Assert.Single(disk.List(folder));
        Assert.True(Block.TryOpen(disk, $"{folder}/{block}", new PageCache(1 << 20), out Block? opened, out _));
        Assert.Equal(2UL, opened.Meta.Stats.Series);
        Assert.Equal(6UL, opened.Meta.Stats.Samples);
        opened.Dispose();

        (_, text) = await PostAsync(server, "snapshot?skip_head=true");
        name = JsonDocument.Parse(text).RootElement.GetProperty("data").GetProperty("name").GetString()!;
        Assert.Empty(disk.List($"data/{TestServer.WorkspaceId}/snapshots/{name}"));
    }

    private static string Seconds(int sample) => $"{s_start.ToUnixTimeSeconds() + sample}";

    private static Task<TestServer> StartAsync(FaultyFileSystem disk) =>
        TestServer.StartWithoutAuthAsync(static settings => settings with { EnableAdminApi = true }, disk: disk);

    private static async Task WriteAsync(TestServer server)
    {
        for (int sample = 0; sample < 3; sample++)
        {
            long timestampMs = s_start.ToUnixTimeMilliseconds() + (sample * 1000);
            WriteBody body = new();
            body.Series(["__name__", "up", "job", "a"], (timestampMs, sample + 1));
            body.Series(["__name__", "up", "job", "b"], (timestampMs, sample + 1));
            using HttpResponseMessage written = await server.WriteAsync(body.Compressed());
            Assert.Equal(HttpStatusCode.OK, written.StatusCode);
        }
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(TestServer server, string call)
    {
        using HttpResponseMessage response = await server.SendAsync(server.NewRequest(HttpMethod.Post, Api + call));
        return (response.StatusCode, await TestServer.TextOf(response));
    }

    /// <summary>The values of each job.</summary>
    private static async Task<string> ReadAsync(TestServer server)
    {
        JsonElement answer = await server.GetAsync($"query?query=up[1m]&time={Seconds(50)}");
        return string.Join("; ", answer.GetProperty("data").GetProperty("result").EnumerateArray()
            .Select(static series =>
                series.GetProperty("metric").GetProperty("job").GetString() + ": "
                + string.Join(' ', series.GetProperty("values").EnumerateArray().Select(static value => value[1].GetString())))
            .Order(StringComparer.Ordinal));
    }
}
