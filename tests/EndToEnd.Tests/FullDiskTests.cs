using System.Net;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

public sealed class FullDiskTests
{
    private const int Series = 3;

    private readonly MinuteSeries _series = new();

    /// <summary>The first minute that is not acknowledged.</summary>
    private long _acknowledged;

    /// <summary>The server's disk is real, small, and filled to the last byte by somebody else, twice.</summary>
    [Fact]
    public async Task A_server_on_a_full_disk_refuses_writes_with_the_reason_answers_queries_and_recovers_by_itself()
    {
        using WorkingFolder folder = new();
        using SmallDisk disk = SmallDisk.Mount(folder, sizeKiB: 8192, "server-data");
        _series.Add("kept", Series);
        await using RunningProgram server = await Pipeline.StartOpenServerAsync(folder, "");
        long first = (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(3)).ToUnixTimeMilliseconds() / MinuteSeries.MinuteMs;
        _acknowledged = first;
        for (int outage = 0; outage < 2; outage++)
        {
            for (int request = 0; request < 20; request++)
            {
                await AssertWrittenAsync(server);
            }

            string foreign = disk.Fill();
            (HttpStatusCode status, string text) = await WriteUntilRefusedAsync(server);
            Assert.True(status == HttpStatusCode.ServiceUnavailable, server.Describe($"{(int)status} {text}"));
            Assert.Contains("no room left on the disk", text, StringComparison.Ordinal);
            Assert.Equal(Series * (_acknowledged - first), await CountAsync(server));
            Assert.Equal(status, (await WriteAsync(server)).Status);
            File.Delete(foreign);
        }

        await AssertWrittenAsync(server);
        Assert.Equal(Series * (_acknowledged - first), await CountAsync(server));
        Assert.Equal(0, await server.StopAsync());
        using StoppedDatabase database = StoppedDatabase.Open(
            new DiskFileSystem(), Path.Combine(disk.Path, Pipeline.Workspace), TimeProvider.System);
        Assert.Empty(database.Replay.Damages);
        Assert.Equal(Series * (_acknowledged - first), database.Replay.Samples);
    }

    private async Task AssertWrittenAsync(RunningProgram server)
    {
        (HttpStatusCode status, string text) = await WriteAsync(server);
        Assert.True(status == HttpStatusCode.NoContent, server.Describe($"{(int)status} {text}"));
    }

    private async Task<(HttpStatusCode Status, string Text)> WriteAsync(RunningProgram server)
    {
        using HttpResponseMessage? answer = await _series.TryWriteAsync(server, _acknowledged);
        Assert.True(answer is not null, server.Describe("it does not answer"));
        _acknowledged += answer.IsSuccessStatusCode ? MinuteSeries.Span : 0;
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>What is left of the log's last page may take a few requests more.</summary>
    private async Task<(HttpStatusCode Status, string Text)> WriteUntilRefusedAsync(RunningProgram server)
    {
        (HttpStatusCode Status, string Text) answer = await WriteAsync(server);
        for (int request = 0; request < 100 && answer.Status == HttpStatusCode.NoContent; request++)
        {
            answer = await WriteAsync(server);
        }

        return answer;
    }

    private Task<double?> CountAsync(RunningProgram server) => new QueryClient(server).ScalarAsync(
        $"sum(count_over_time(kept[3d] @ {MinuteSeries.Seconds(_acknowledged)}))");
}
