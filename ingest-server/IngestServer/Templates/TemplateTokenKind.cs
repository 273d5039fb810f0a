namespace AmpEdge.IngestServer.Templates;

/// <summary>What the words of a template are.</summary>
internal enum TemplateTokenKind
{
    /// <summary>Text outside of any action.</summary>
    Text,
    ActionStart,
    ActionEnd,
    Identifier,

    /// <summary>One <c>.name</c>.</summary>
    Field,
    Dot,

    /// <summary><c>$name</c>, or <c>$</c> alone.</summary>
    Variable,
    Number,
    StringLiteral,
    Pipe,
    Declare,
    Assign,
    Comma,
    LeftParen,
    RightParen,
    End,
}
