using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>The logger of one category.</summary>
internal sealed class LineLogger : ILogger
{
    private const string OwnPrefix = "AmpEdge.";

    private readonly string _caller;
    private readonly LogLevel _level;
    private readonly LineSink _sink;

    public LineLogger(string category, LogLevel level, LineSink sink)
    {
        _caller = category.StartsWith(OwnPrefix, StringComparison.Ordinal) ? category[OwnPrefix.Length..] : category;
        _level = level;
        _sink = sink;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _level && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _sink.Write(new LogLine(
                logLevel, _caller, formatter(state, exception),
                state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception));
        }
    }
}
