namespace AmpEdge.PromQL;

/// <summary>One thing that is wrong with a query.</summary>
/// <param name="Position">The bytes of the query that it is about.</param>
/// <param name="Line">From 1; 0 when unknown.</param>
/// <param name="Column">From 1, in bytes.</param>
/// <param name="Message">Without position.</param>
public sealed record ParseError(PositionRange Position, int Line, int Column, string Message)
{
    /// <summary>As the HTTP API shows it: <c>1:5: parse error: …</c>.</summary>
    public override string ToString() =>
        Line == 0
            ? $"unknown position: parse error: {Message}"
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{Line}:{Column}: parse error: {Message}");
}
