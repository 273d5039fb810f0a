using System.Text;
using System.Text.Json;

namespace AmpEdge.Proxy.FanOut;

/// <summary>What an upstream's error answer says: Prometheus's form, AWS's, or any text.</summary>
internal static class ErrorText
{
    private const int MaxBytes = 4096;

    /// <summary>Prometheus's <c>errorType</c>, if there is one, and the words.</summary>
    public static (string? Type, string Message) Read(ReadOnlySpan<byte> text)
    {
        string? type = null;
        string? message = null;
        try
        {
            AnswerReader reader = new(text);
            reader.Expect(JsonTokenType.StartObject, "the answer");
            while (reader.NextName() is { } name)
            {
                switch (name)
                {
                    case "errorType":
                        type = reader.Text(name);
                        break;
                    case "error" or "message" or "Message":
                        message = reader.Text(name);
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // Some other form, such as a load balancer's page: shown as it is.
            return (null, OneLine(text));
        }

        return (type, message ?? OneLine(text));
    }

    private static string OneLine(ReadOnlySpan<byte> text)
    {
        string shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxBytes)]).ReplaceLineEndings(" ").Trim();
        return shown.Length > 0 ? shown : "without a word";
    }
}
