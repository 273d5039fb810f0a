using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>One JSON object per line with the keys of the logfmt form; numbers and booleans stay what they are.</summary>
internal sealed class JsonFormatter : ILineFormatter
{
    // Log lines go to log systems, not into web pages: quotes and non-ASCII letters may stay readable.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Format(in LogLine line, DateTimeOffset time, ArrayBufferWriter<byte> output)
    {
        using (Utf8JsonWriter json = new(output, s_options))
        {
            json.WriteStartObject();
            json.WriteString("ts", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", line.LevelName);
            json.WriteString("caller", line.Caller);
            json.WriteString("msg", line.Message);
            foreach ((string name, object? value) in line.Values)
            {
                if (name != LogLine.TemplateKey)
                {
                    WriteValue(json, LogKey.Of(name), value);
                }
            }

            if (line.Error is { } error)
            {
                json.WriteString("err", error.Message);
                if (line.Level >= LogLevel.Error)
                {
                    json.WriteString("stack", error.ToString());
                }
            }

            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteValue(Utf8JsonWriter json, string key, object? value)
    {
        switch (value)
        {
            case int number:
                json.WriteNumber(key, number);
                break;
            case long number:
                json.WriteNumber(key, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(key, number);
                break;
            case bool flag:
                json.WriteBoolean(key, flag);
                break;
            case null:
                json.WriteNull(key);
                break;
            default:
                json.WriteString(key, LogValue.Text(value));
                break;
        }
    }
}
