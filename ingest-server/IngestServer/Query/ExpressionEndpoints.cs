using System.Text.Json;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Query;

/// <summary><c>format_query</c> and <c>parse_query</c>: an expression laid out for reading, and its syntax tree.</summary>
internal sealed class ExpressionEndpoints(ParserOptions options)
{
    private readonly ParserOptions _options = options;

    public async Task<ApiError?> AnswerFormattedAsync(ApiCall call)
    {
        if (!TryParse(call, out Expr? expr, out ApiError? error))
        {
            return error;
        }

        call.Response.Json.Raw("{\"status\":\"success\",\"data\":"u8);
        call.Response.Json.String(ExpressionPrettifier.Prettify(expr));
        call.Response.Json.Raw((byte)'}');
        await call.Response.CompleteAsync();
        return null;
    }

    public async Task<ApiError?> AnswerParsedAsync(ApiCall call)
    {
        if (!TryParse(call, out Expr? expr, out ApiError? error))
        {
            return error;
        }

        call.Response.Json.Raw("{\"status\":\"success\",\"data\":"u8);
        using (Utf8JsonWriter tree = new(call.Response.Json))
        {
            ParseTreeWriter.Write(tree, expr);
        }

        call.Response.Json.Raw((byte)'}');
        await call.Response.CompleteAsync();
        return null;
    }

    private bool TryParse(
        ApiCall call,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Expr? expr,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ApiError? error)
    {
        bool parsed = PromQLParser.Parse(call.Parameters.Get("query"), _options).TryGet(out expr, out string? problem);
        error = parsed ? null : ApiError.InvalidParameter("query", problem ?? "");
        return parsed;
    }
}
