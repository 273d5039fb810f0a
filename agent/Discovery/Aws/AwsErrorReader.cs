using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;

namespace AmpEdge.Agent.Discovery;

/// <summary>Reads error answers of the Query protocol (XML) and of the JSON protocol. What is neither is shown as it is.</summary>
internal static class AwsErrorReader
{
    private const int MaxMessageLength = 200;

    /// <param name="operation">What was asked.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="errorType">The header <c>x-amzn-ErrorType</c>, or empty.</param>
    /// <param name="body">The answer's body.</param>
    public static AwsApiException Read(string operation, HttpStatusCode status, string errorType, ReadOnlyMemory<byte> body)
    {
        string code = "";
        string message = "";
        ReadOnlySpan<byte> text = body.Span.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("{"u8))
        {
            (code, message) = ReadJson(body);
        }
        else if (text.StartsWith("<"u8))
        {
            (code, message) = ReadXml(body);
        }

        code = Name(code.Length > 0 ? code : errorType);
        return new AwsApiException(
            operation, status,
            code.Length > 0 ? code : "no error code",
            Cut(message.Length > 0 ? message : Encoding.UTF8.GetString(text)));
    }

    /// <summary>The name alone of <c>com.amazonaws.ecs#ThrottlingException:http://…</c>.</summary>
    private static string Name(string type)
    {
        int hash = type.LastIndexOf('#');
        string name = hash < 0 ? type : type[(hash + 1)..];
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return Cut(colon < 0 ? name : name[..colon]);
    }

    private static (string Code, string Message) ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            return (Text(root, "__type", "code"), Text(root, "message", "Message"));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // An error that came cut: its text is shown as far as it goes.
            return ("", "");
        }
    }

    private static string Text(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString() ?? "";
            }
        }

        return "";
    }

    /// <summary>The first Code and Message, at whatever depth: services nest them differently.</summary>
    private static (string Code, string Message) ReadXml(ReadOnlyMemory<byte> body)
    {
        string code = "";
        string message = "";
        try
        {
            using MemoryStream stream = new(body.ToArray(), writable: false);
            using XmlReader reader = XmlReader.Create(stream, XmlElements.Settings);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Code" && code.Length == 0)
                {
                    code = reader.IsEmptyElement || !reader.Read() ? "" : reader.Value;
                }
                else if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Message" && message.Length == 0)
                {
                    message = reader.IsEmptyElement || !reader.Read() ? "" : reader.Value;
                }
            }
        }
        catch (XmlException)
        {
            // As above: what was read until there is shown.
            return (code, message);
        }

        return (code, message);
    }

    private static string Cut(string text)
    {
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= MaxMessageLength ? line : line[..MaxMessageLength] + "…";
    }
}
