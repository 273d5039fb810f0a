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
    public static Task SuccessAsync(HttpContext context, Action<Utf8JsonWriter> writeData) =>
        AnswerAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteString("status", "success");
            json.WritePropertyName("data");
            writeData(json);
        });

    /// <summary>Answers 400 with <c>bad_data</c>.</summary>
    public static Task BadDataAsync(HttpContext context, string problem) =>
        ErrorAsync(context, StatusCodes.Status400BadRequest, "bad_data", problem);

    /// <summary>Answers 404 with <c>not_found</c>.</summary>
    public static Task NotFoundAsync(HttpContext context, string problem) =>
        ErrorAsync(context, StatusCodes.Status404NotFound, "not_found", problem);

    /// <summary>Answers 422 with <c>execution</c>.</summary>
    public static Task CannotAsync(HttpContext context, string problem) =>
        ErrorAsync(context, StatusCodes.Status422UnprocessableEntity, "execution", problem);

    private static Task ErrorAsync(HttpContext context, int status, string type, string problem) =>
        AnswerAsync(context, status, json =>
        {
            json.WriteString("status", "error");
            json.WriteString("errorType", type);
            json.WriteString("error", problem);
        });

    private static Task AnswerAsync(HttpContext context, int status, Action<Utf8JsonWriter> writeMembers)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, s_options))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        context.Response.Headers.Vary = "Origin";
        return context.WriteAsync(status, ContentType, body.WrittenMemory);
    }
}
