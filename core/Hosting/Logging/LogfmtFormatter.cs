using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// <c>ts=2026-01-01T00:00:00.000Z level=info caller=Agent.Scrape msg="…" key=value err="…"</c>, as Prometheus logs.
/// </summary>
internal sealed class LogfmtFormatter : ILineFormatter
{
    public void Format(in LogLine line, DateTimeOffset time, ArrayBufferWriter<byte> output)
    {
        Write(output, "ts=");
        Write(output, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        WritePair(output, "level", line.LevelName);
        WritePair(output, "caller", line.Caller);
        WritePair(output, "msg", line.Message);
        foreach ((string name, object? value) in line.Values)
        {
            if (name != LogLine.TemplateKey)
            {
                WritePair(output, LogKey.Of(name), LogValue.Text(value));
            }
        }

        if (line.Error is { } error)
        {
            WritePair(output, "err", error.Message);
            if (line.Level >= LogLevel.Error)
            {
                WritePair(output, "stack", error.ToString());
            }
        }

        Write(output, "\n");
    }

    private static void WritePair(ArrayBufferWriter<byte> output, string key, string value)
    {
        Write(output, " ");
        Write(output, key);
        Write(output, "=");
        Write(output, NeedsQuotes(value) ? Quote(value) : value);
    }

    private static bool NeedsQuotes(string value)
    {
        if (value.Length == 0)
        {
            return true;
        }

        foreach (char letter in value)
        {
            if (letter <= ' ' || letter is '=' or '"' or '\\' or '\u007F' || char.IsSurrogate(letter))
            {
                return true;
            }
        }

        return false;
    }

    private static string Quote(string value)
    {
        StringBuilder quoted = new(value.Length + 2);
        quoted.Append('"');
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007F' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static void Write(ArrayBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
