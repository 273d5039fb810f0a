namespace AmpEdge.Hosting;

/// <summary>The form of log lines, <c>--log.format</c>.</summary>
public enum LogFormat
{
    Logfmt,
    Json,
}
