using System.Threading.Channels;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.QueryLogging;

/// <summary>
/// The file of the log of queries: lines come from a bounded queue, so that a slow disk makes no query wait, and what does not
/// fit is dropped and counted. A reload opens the file anew, so that it can be moved away first.
/// </summary>
internal sealed class QueryLogFile : IComponent, IDisposable
{
    private const int QueueLines = 4096;

    private readonly Lock _fileLock = new();
    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(QueueLines) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly GaugeMetric _enabled;
    private readonly CounterMetric _failures;
    private readonly CounterMetric _dropped;
    private readonly RepeatedErrorGate _errors;
    private readonly ILogger _log;
    private readonly string _firstPath;
    private volatile FileStream? _file;
    private Task _writing = Task.CompletedTask;

    /// <param name="path">The file that the start opens; empty for none.</param>
    /// <param name="metrics">Takes the queue's fill, drops and failures.</param>
    /// <param name="time">The clock of repeated failures.</param>
    /// <param name="log">Takes failures.</param>
    public QueryLogFile(string path, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        _firstPath = path;
        _log = log;
        _errors = new RepeatedErrorGate(time);
        _enabled = metrics.Gauge("prometheus_engine_query_log_enabled", "Whether queries are logged into a file.");
        _failures = metrics.Counter("prometheus_engine_query_log_failures_total", "Lines of the log of queries that could not be written.");
        _dropped = metrics.Counter(
            "ampedge_query_log_dropped_total", "Lines of the log of queries that found its queue full.");
        metrics.Gauge("ampedge_query_log_queue", "Lines of the log of queries that wait to be written.", () => _lines.Reader.Count);
        metrics.Gauge("ampedge_query_log_queue_limit", "The most lines that may wait.").Set(QueueLines);
    }

    public string Name => "query log";

    /// <summary>False when nothing would come of a line.</summary>
    public bool IsEnabled => _file is not null;

    /// <summary>Opens the file, again if it is the same; an empty path closes it.</summary>
    /// <exception cref="StartFailedException">It cannot be written; the log goes on as before.</exception>
    public void Open(string path)
    {
        FileStream? opened = path.Length == 0 ? null : Append(path);
        FileStream? before;
        lock (_fileLock)
        {
            before = _file;
            _file = opened;
        }

        _enabled.Set(opened is null ? 0 : 1);
        before?.Dispose();
    }

    /// <summary>Hands over a line, its end included; never waits.</summary>
    public void Write(byte[] line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            _dropped.Increment();
        }
    }

    public Task StartAsync(CancellationToken cancel)
    {
        Open(_firstPath);
        _writing = Task.Run(WriteLinesAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Returns when every line is in the file.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        _lines.Writer.TryComplete();
        await _writing.WaitAsync(cancel);
        Open("");
    }

    public void Dispose() => _file?.Dispose();

    private static FileStream Append(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"query_log_file {path} cannot be opened: {error.Message}", error);
        }
    }

    private async Task WriteLinesAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            lock (_fileLock)
            {
                while (_lines.Reader.TryRead(out byte[]? line))
                {
                    Append(line);
                }

                Flush();
            }
        }
    }

    private void Append(byte[] line)
    {
        try
        {
            _file?.Write(line);
        }
        catch (IOException failed)
        {
            Report(failed);
        }
    }

    private void Flush()
    {
        try
        {
            _file?.Flush();
        }
        catch (IOException failed)
        {
            Report(failed);
        }
    }

    private void Report(IOException failed)
    {
        _failures.Increment();
        if (_errors.ShouldLog(failed.Message, out long heldBack))
        {
            QueryLogFileLog.WriteFailed(_log, failed, heldBack);
        }
    }
}
