namespace AmpEdge.IngestServer.Templates;

/// <summary>A part of a template that was read.</summary>
internal abstract record TemplateNode
{
    /// <summary>Text that is written as it is.</summary>
    internal sealed record Literal(string Text) : TemplateNode;

    /// <summary>A pipeline whose value is written, unless it declares variables.</summary>
    internal sealed record Action(Pipeline Value) : TemplateNode;

    /// <summary><c>if</c>, <c>with</c> and <c>range</c>.</summary>
    internal sealed record Branch(string Keyword, Pipeline Over, TemplateNode[] Body, TemplateNode[] Otherwise)
        : TemplateNode;

    /// <summary><c>{{template "name" pipeline}}</c>.</summary>
    internal sealed record Invocation(string Name, Pipeline? Argument, int Line) : TemplateNode;

    /// <summary><c>break</c> or <c>continue</c>.</summary>
    internal sealed record Jump(bool IsBreak) : TemplateNode;

    /// <summary>Commands, each of which gets the value of the one before as its last argument.</summary>
    internal sealed record Pipeline(string[] Variables, bool IsAssignment, Command[] Commands, int Line) : TemplateNode;

    /// <summary>A value, or a function with its arguments.</summary>
    internal sealed record Command(TemplateNode[] Operands, int Line) : TemplateNode;

    /// <summary>A constant: a text, a truth value, a number.</summary>
    internal sealed record Constant(object? Value) : TemplateNode;

    /// <summary>The value at hand.</summary>
    internal sealed record Dot : TemplateNode;

    internal sealed record Variable(string Name) : TemplateNode;

    internal sealed record Function(string Name) : TemplateNode;

    /// <summary>Fields of a value, one after the other.</summary>
    internal sealed record Fields(TemplateNode Of, string[] Names) : TemplateNode;
}
