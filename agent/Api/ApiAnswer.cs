using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;

namespace AmpEdge.Agent.Api;

/// <summary>Answers in the envelope of Prometheus's HTTP API.</summary>
internal static class ApiAnswer
{
    private const string ContentType = "application/json";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers <c>{"status":"success","data":…}</c>; <paramref name="writeData"/> writes one value.</summary>
    public static Task SuccessAsync(HttpContext context, Action<Utf8JsonWriter> writeData)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, s_options))
        {
            json.WriteStartObject();
            json.WriteString("status", "success");
            json.WritePropertyName("data");
            writeData(json);
            json.WriteEndObject();
        }

        return context.WriteAsync(StatusCodes.Status200OK, ContentType, body.WrittenMemory);
    }

    /// <summary>Answers 400 with <c>bad_data</c>.</summary>
    public static Task BadDataAsync(HttpContext context, string problem)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, s_options))
        {
            json.WriteStartObject();
            json.WriteString("status", "error");
            json.WriteString("errorType", "bad_data");
            json.WriteString("error", problem);
            json.WriteEndObject();
        }

        return context.WriteAsync(StatusCodes.Status400BadRequest, ContentType, body.WrittenMemory);
    }
}
