using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Tests.Discovery.Kubernetes;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly Lock _linesLock = new();
    private readonly List<string> _lines = [];

    public List<string> Lines
    {
        get
        {
            lock (_linesLock)
            {
                return [.. _lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_linesLock)
        {
            _lines.Add($"{logLevel} {formatter(state, exception)}");
        }
    }

    public override string ToString() => string.Join('\n', Lines);
}
