using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AmpEdge.PromQL;

namespace AmpEdge.QueryApi;

/// <summary><c>format_query</c> and <c>parse_query</c>: an expression laid out for reading, and its syntax tree.</summary>
public static class ExpressionAnswers
{
    /// <summary>Sends the expression of the parameter <c>query</c> laid out, or says why it is none.</summary>
    public static async Task<ApiError?> SendFormattedAsync(
        ApiResponse response, RequestParameters parameters, ParserOptions options)
    {
        if (!TryParse(parameters, options, out Expr? expr, out ApiError? error))
        {
            return error;
        }

        response.BeginData().String(ExpressionPrettifier.Prettify(expr));
        return await response.EndDataAsync();
    }

    /// <summary>Sends the tree of the expression of the parameter <c>query</c>, or says why it is none.</summary>
    public static async Task<ApiError?> SendParsedAsync(
        ApiResponse response, RequestParameters parameters, ParserOptions options)
    {
        if (!TryParse(parameters, options, out Expr? expr, out ApiError? error))
        {
            return error;
        }

        using (Utf8JsonWriter tree = new(response.BeginData()))
        {
            ParseTreeWriter.Write(tree, expr);
        }

        return await response.EndDataAsync();
    }

    private static bool TryParse(
        RequestParameters parameters,
        ParserOptions options,
        [NotNullWhen(true)] out Expr? expr,
        [NotNullWhen(false)] out ApiError? error)
    {
        bool parsed = PromQLParser.Parse(parameters.Get("query"), options).TryGet(out expr, out string? problem);
        error = parsed ? null : ApiError.InvalidParameter("query", problem ?? "");
        return parsed;
    }
}
