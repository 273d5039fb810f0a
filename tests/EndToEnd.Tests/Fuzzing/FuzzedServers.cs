using AmpEdge.EndToEnd.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>Debian's Prometheus and our server with the same data.</summary>
public sealed class FuzzedServers : IAsyncDisposable
{
    private readonly WorkingFolder _folder;
    private readonly RunningProgram _prometheus;
    private readonly RunningProgram _ours;

    private FuzzedServers(WorkingFolder folder, RunningProgram prometheus, RunningProgram ours)
    {
        _folder = folder;
        _prometheus = prometheus;
        _ours = ours;
    }

    public static async Task<FuzzedServers> StartAsync(FuzzedData data)
    {
        WorkingFolder folder = new();
        string window = $"{FuzzedData.Window.TotalSeconds}s";
        RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, $"storage: {{tsdb: {{out_of_order_time_window: {window}}}}}\n", "--web.enable-remote-write-receiver");
        RunningProgram ours = await Pipeline.StartOpenServerAsync(folder, $"limits: {{out_of_order_time_window: {window}}}\n");
        FuzzedServers servers = new(folder, prometheus, ours);
        foreach (byte[] body in data.Bodies())
        {
            await Task.WhenAll(RemoteWrite.SendAsync(prometheus, body), RemoteWrite.SendAsync(ours, body));
        }

        return servers;
    }

    /// <summary>Asks both.</summary>
    public async Task<ComparedQuery> CompareAsync(FuzzedQuery query)
    {
        QueryAnswer[] answers = await Task.WhenAll(QueryAnswer.AskAsync(_prometheus, query), QueryAnswer.AskAsync(_ours, query));
        string? difference = AnswerComparison.Difference(query, answers[0], answers[1]);
        VersionDifference? known = difference is null ? null : VersionDifference.Of(query, answers[0], answers[1]);
        return new ComparedQuery(answers[0], known is null ? difference : null, known);
    }

    public async ValueTask DisposeAsync()
    {
        await _prometheus.DisposeAsync();
        await _ours.DisposeAsync();
        _folder.Dispose();
    }
}
