using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>One log entry before it is formatted.</summary>
internal readonly record struct LogLine(
    LogLevel Level, string Caller, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values,
    Exception? Error)
{
    /// <summary>The key under which the template of a message travels among its values; not a value.</summary>
    public const string TemplateKey = "{OriginalFormat}";

    public string LevelName => Level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
