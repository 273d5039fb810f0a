using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AmpEdge.Hosting;

/// <summary>Answers in the envelope of Prometheus's HTTP API.</summary>
public static class ApiAnswer
{
    private const string ContentType = "application/json";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers <c>{"status":"success","data":…}</c>; <paramref name="writeData"/> writes one value.</summary>
    public static Task SuccessAsync(HttpExchange exchange, Action<Utf8JsonWriter> writeData) =>
        AnswerAsync(exchange, 200, json =>
        {
            json.WriteString("status", "success");
            json.WritePropertyName("data");
            writeData(json);
        });

    /// <summary>Answers 400 with <c>bad_data</c>.</summary>
    public static Task BadDataAsync(HttpExchange exchange, string problem) =>
        ErrorAsync(exchange, 400, "bad_data", problem);

    /// <summary>Answers 404 with <c>not_found</c>.</summary>
    public static Task NotFoundAsync(HttpExchange exchange, string problem) =>
        ErrorAsync(exchange, 404, "not_found", problem);

    /// <summary>Answers 422 with <c>execution</c>.</summary>
    public static Task CannotAsync(HttpExchange exchange, string problem) =>
        ErrorAsync(exchange, 422, "execution", problem);

    private static Task ErrorAsync(HttpExchange exchange, int status, string type, string problem) =>
        AnswerAsync(exchange, status, json =>
        {
            json.WriteString("status", "error");
            json.WriteString("errorType", type);
            json.WriteString("error", problem);
        });

    private static Task AnswerAsync(HttpExchange exchange, int status, Action<Utf8JsonWriter> writeMembers)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, s_options))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        exchange.SetHeader("Vary", "Origin");
        return exchange.WriteAsync(status, ContentType, body.WrittenMemory);
    }
}
