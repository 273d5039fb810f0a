using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary><c>--log.level</c> and <c>--log.format</c>, the same for every program.</summary>
public sealed class LogFlags
{
    private readonly Flag<string> _level;
    private readonly Flag<string> _format;

    public LogFlags(CommandLine commandLine)
    {
        FlagGroup group = commandLine.Group("Log");
        _level = group.Choice(
            "log.level", "info", ["debug", "info", "warn", "error"], "Only lines of this level and above are logged.");
        _format = group.Choice("log.format", "logfmt", ["logfmt", "json"], "The form of log lines.");
    }

    /// <summary>
    /// A factory that logs to a stream, standard error in programs, as the flags say; <paramref name="verbose"/> asks
    /// for debug lines whatever the level flag says.
    /// </summary>
    public LineLoggerFactory CreateFactory(Stream output, TimeProvider time, bool verbose = false) =>
        new(
            output,
            _format.Value == "json" ? LogFormat.Json : LogFormat.Logfmt,
            verbose ? LogLevel.Debug : Level(),
            time);

    private LogLevel Level() => _level.Value switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
