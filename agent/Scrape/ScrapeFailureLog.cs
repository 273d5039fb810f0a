using System.Buffers;
using System.Text.Json;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// The file of <c>scrape_failure_log_file</c>: one line of JSON for each scrape that failed. Jobs may share it.
/// Thread-safe.
/// </summary>
internal sealed class ScrapeFailureLog : IDisposable
{
    private readonly Lock _fileLock = new();
    private readonly Func<string, Stream> _open;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _line = new(256);
    private Stream? _file;
    private bool _isBroken;

    public ScrapeFailureLog(string path, Func<string, Stream> open, TimeProvider time)
    {
        Path = path;
        _open = open;
        _time = time;
    }

    public string Path { get; }

    /// <summary>Begins anew with the file of the path, which may have been moved away meanwhile.</summary>
    public void Reopen()
    {
        lock (_fileLock)
        {
            _file?.Dispose();
            _file = null;
            _isBroken = false;
        }
    }

    /// <summary>
    /// Writes a line; the reason when the file cannot be written, told once until <see cref="Reopen"/>, else null.
    /// </summary>
    public string? Write(string job, Uri target, string problem)
    {
        lock (_fileLock)
        {
            if (_isBroken)
            {
                return null;
            }

            try
            {
                _file ??= _open(Path);
                Format(job, target, problem);
                _file.Write(_line.WrittenSpan);
                _file.Flush();
                return null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _isBroken = true;
                return error.Message;
            }
        }
    }

    /// <summary>Closes the file; who writes later writes nothing.</summary>
    public void Dispose()
    {
        lock (_fileLock)
        {
            _file?.Dispose();
            _file = null;
            _isBroken = true;
        }
    }

    private void Format(string job, Uri target, string problem)
    {
        _line.Clear();
        using (Utf8JsonWriter json = new(_line))
        {
            json.WriteStartObject();
            json.WriteString("time", _time.GetUtcNow());
            json.WriteString("level", "ERROR");
            json.WriteString("msg", problem);
            json.WriteString("job_name", job);
            json.WriteString("target", target.AbsoluteUri);
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
    }
}
