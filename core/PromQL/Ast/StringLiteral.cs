namespace AmpEdge.PromQL;

/// <summary>A quoted text.</summary>
/// <remarks>
/// A literal may hold bytes that are no UTF-8 (<c>"\xff"</c>); <see cref="Utf8"/> has them as they are, and
/// <see cref="Value"/> shows each as U+FFFD.
/// </remarks>
public sealed class StringLiteral(ReadOnlyMemory<byte> utf8, PositionRange position) : Expr
{
    /// <summary>The text without quotes and escapes.</summary>
    public string Value { get; } = System.Text.Encoding.UTF8.GetString(utf8.Span);

    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    public override ExprType Type => ExprType.String;

    public override PositionRange Position { get; } = position;
}
