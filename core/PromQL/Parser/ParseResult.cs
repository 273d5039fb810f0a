using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.PromQL;

/// <summary>A parsed query, or what is wrong with it.</summary>
public sealed class ParseResult
{
    internal ParseResult(Expr? expr, IReadOnlyList<ParseError> errors)
    {
        Expr = errors.Count == 0 ? expr : null;
        Errors = errors;
    }

    /// <summary>The tree; null when there are errors.</summary>
    public Expr? Expr { get; }

    /// <summary>All errors in the order in which they were found; the HTTP API shows the first.</summary>
    public IReadOnlyList<ParseError> Errors { get; }

    /// <summary>True and the tree, or false and the first error's text with its position.</summary>
    public bool TryGet([NotNullWhen(true)] out Expr? expr, [NotNullWhen(false)] out string? error)
    {
        expr = Expr;
        error = Expr is null ? Errors[0].ToString() : null;
        return Expr is not null;
    }
}
