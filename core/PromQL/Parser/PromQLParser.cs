using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Reads queries: the grammar, types, error texts and error positions of Prometheus 3. Bad input gives errors as
/// values; nothing is thrown. Safe to call from any thread.
/// </summary>
public static class PromQLParser
{
    /// <summary>Reads an expression and checks its types.</summary>
    public static ParseResult Parse(string query, ParserOptions options) =>
        Parse(Encoding.UTF8.GetBytes(query), options);

    /// <summary>The same for bytes, which need not be UTF-8.</summary>
    public static ParseResult Parse(byte[] utf8Query, ParserOptions options)
    {
        TokenReader tokens = new(utf8Query);
        QueryParser parser = new(tokens, options);
        Expr? expr = parser.ParseQuery();
        if (expr is not null && tokens.Errors.Count == 0)
        {
            new TypeChecker(tokens).Check(expr);
        }

        if (tokens.Errors.Count == 0 && parser.TooDeepAt is { } tooDeepAt)
        {
            tokens.AddError(tooDeepAt, QueryParser.TooDeep(options));
        }

        return new ParseResult(expr, tokens.Errors);
    }

    /// <summary>
    /// Reads a series selector as <c>match[]</c> takes it: a name, matchers in braces, or both, and nothing else. Null
    /// and the error's text where it is none, or where it would select everything.
    /// </summary>
    public static IReadOnlyList<Matcher>? ParseMetricSelector(string selector, out string? error)
    {
        TokenReader tokens = new(Encoding.UTF8.GetBytes(selector));
        VectorSelector? parsed = new QueryParser(tokens, ParserOptions.Default).ParseSelectorOnly();
        error = tokens.Errors.Count == 0 ? null : tokens.Errors[0].ToString();
        return error is null ? parsed?.Matchers : null;
    }

    /// <summary>Reads several selectors; stops at the first that is none.</summary>
    public static IReadOnlyList<IReadOnlyList<Matcher>>? ParseMetricSelectors(
        IEnumerable<string> selectors, out string? error)
    {
        List<IReadOnlyList<Matcher>> parsed = [];
        error = null;
        foreach (string selector in selectors)
        {
            if (ParseMetricSelector(selector, out error) is not { } matchers)
            {
                return null;
            }

            parsed.Add(matchers);
        }

        return parsed;
    }
}
