namespace AmpEdge.PromQL;

/// <summary>One word of a query: its kind and the bytes it covers.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End)
{
    public PositionRange Position => new(Start, End);
}
