using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// A file of log lines that come from a bounded queue, so that a slow disk makes no request wait; what does not fit is dropped
/// and counted. It can be opened anew, so that it can be moved away first.
/// </summary>
public sealed class LineFile : IComponent, IDisposable
{
    /// <summary>The path that stands for the process's standard output.</summary>
    public const string StandardOutput = "stdout";

    /// <summary>The most lines that may wait to be written.</summary>
    public const int QueueLines = 4096;

    private readonly Lock _fileLock = new();
    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(QueueLines) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly string _setting;
    private readonly LineFileMetrics _metrics;
    private readonly RepeatedErrorGate _errors;
    private readonly ILogger _log;
    private readonly string _firstPath;
    private volatile Stream? _file;
    private Task _writing = Task.CompletedTask;

    /// <param name="name">Of the component.</param>
    /// <param name="setting">What names the path, for messages.</param>
    /// <param name="path">The file that the start opens; empty for none.</param>
    /// <param name="metrics">Takes drops and failures.</param>
    /// <param name="time">The clock of repeated failures.</param>
    /// <param name="log">Takes failures.</param>
    public LineFile(string name, string setting, string path, LineFileMetrics metrics, TimeProvider time, ILogger log)
    {
        Name = name;
        _setting = setting;
        _firstPath = path;
        _metrics = metrics;
        _log = log;
        _errors = new RepeatedErrorGate(time);
    }

    public string Name { get; }

    /// <summary>Lines that wait to be written.</summary>
    public int QueuedLines => _lines.Reader.Count;

    /// <summary>False when nothing would come of a line.</summary>
    public bool IsEnabled => _file is not null;

    /// <summary>Opens the file, again if it is the same; an empty path closes it.</summary>
    /// <exception cref="StartFailedException">It cannot be written; the log goes on as before.</exception>
    public void Open(string path)
    {
        Stream? opened = path.Length == 0 ? null : Append(path);
        Stream? before;
        lock (_fileLock)
        {
            before = _file;
            _file = opened;
        }

        _metrics.Enabled.Set(opened is null ? 0 : 1);
        before?.Dispose();
    }

    /// <summary>Hands over a line, its end included; never waits.</summary>
    public void Write(byte[] line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            _metrics.Dropped.Increment();
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

    private Stream Append(string path)
    {
        if (path == StandardOutput)
        {
            return Console.OpenStandardOutput();
        }

        try
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"{_setting} {path} cannot be opened: {error.Message}", error);
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
        _metrics.Failures.Increment();
        if (_errors.ShouldLog(failed.Message, out long heldBack))
        {
            LineFileLog.WriteFailed(_log, Name, failed, heldBack);
        }
    }
}
