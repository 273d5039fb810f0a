using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// Writes each log entry as one line of logfmt or JSON to a stream, standard error in programs. The framework's own
/// categories are kept to warnings: their lifecycle lines say nothing to an operator.
/// </summary>
public sealed class LineLoggerFactory : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, LineLogger> _loggers = new(StringComparer.Ordinal);
    private readonly LineSink _sink;
    private readonly LogLevel _level;

    /// <param name="output">Written under a lock, flushed per line; not disposed.</param>
    /// <param name="format">The form of the lines.</param>
    /// <param name="level">The lowest level that is written.</param>
    /// <param name="time">Stamps the lines, in UTC.</param>
    public LineLoggerFactory(Stream output, LogFormat format, LogLevel level, TimeProvider time)
    {
        _sink = new LineSink(output, format == LogFormat.Json ? new JsonFormatter() : new LogfmtFormatter(), time);
        _level = level;
    }

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, name => new LineLogger(name, LevelOf(name), _sink));

    /// <summary>There is one place that lines go to; further providers would be silently unused, so they are refused.</summary>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("log lines go to one stream; providers cannot be added");

    public void Dispose()
    {
        // Lines are flushed one by one, and the stream belongs to whoever gave it.
    }

    private LogLevel LevelOf(string category)
    {
        bool ours = !category.StartsWith("Microsoft.", StringComparison.Ordinal)
            && !category.StartsWith("System.", StringComparison.Ordinal);
        return ours || _level > LogLevel.Warning ? _level : LogLevel.Warning;
    }
}
