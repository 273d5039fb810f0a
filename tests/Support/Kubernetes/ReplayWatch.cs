using System.Globalization;
using System.Text;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>A watch that is served.</summary>
internal sealed class ReplayWatch : IDisposable
{
    private readonly ReplayQuery _query;
    private readonly ReplayCluster _cluster;
    private readonly Func<byte[], Task> _send;
    private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1);
    private long _version;

    public ReplayWatch(ReplayQuery query, ReplayCluster cluster, Func<byte[], Task> send)
    {
        _query = query;
        _cluster = cluster;
        _send = send;
        _version = long.TryParse(query.Version, CultureInfo.InvariantCulture, out long version) ? version : cluster.Version;
    }

    /// <summary>Ends it: cleanly, or after half a line and without the last chunk.</summary>
    public void End(bool cut) => _end.TrySetResult(cut);

    public void SendBookmark()
    {
        if (_query.WantsBookmarks)
        {
            string version = _cluster.Version.ToString(CultureInfo.InvariantCulture);
            _ = SendLineAsync(
                """{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","spec":{"containers":null},"status":{},"""
                + $"\"metadata\":{{\"resourceVersion\":\"{version}\"}}}}}}\n");
        }
    }

    /// <summary>True when it ended cleanly.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Task changed = _cluster.Changed();
            List<string>? lines = _cluster.EventsAfter(_query, ref _version);
            if (lines is null)
            {
                await SendLineAsync(await File.ReadAllTextAsync(Oracle.Locate("kubernetes/errors/410-watch.ndjson"), stop));
                return true;
            }

            foreach (string line in lines)
            {
                await SendLineAsync(line);
            }

            if (await Task.WhenAny(changed, _end.Task, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop)) == _end.Task)
            {
                bool cut = await _end.Task;
                if (cut)
                {
                    await SendLineAsync("""{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"half a li""");
                }

                return !cut;
            }
        }

        return false;
    }

    public void Dispose() => _sending.Dispose();

    private async Task SendLineAsync(string line)
    {
        await _sending.WaitAsync();
        try
        {
            await _send(Encoding.UTF8.GetBytes(line));
        }
        finally
        {
            _sending.Release();
        }
    }
}
