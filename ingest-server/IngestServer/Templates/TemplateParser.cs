using System.Globalization;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Reads templates in the language of Go's text/template.</summary>
internal sealed class TemplateParser
{
    /// <summary>Deeper nesting is refused, since reading and expanding both recurse.</summary>
    private const int MaxDepth = 200;

    private readonly string _name;
    private readonly List<TemplateToken> _tokens;
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _definitions = new(StringComparer.Ordinal);
    private readonly List<string> _variables;
    private int _next;
    private int _depth;
    private int _loops;

    private TemplateParser(string name, string text, IEnumerable<string> variables)
    {
        _name = name;
        _tokens = new TemplateLexer(name, text).Read();
        _variables = ["$", .. variables];
    }

    private TemplateToken Current => _tokens[_next];

    /// <summary>Reads a template; variables are those that are set from outside.</summary>
    /// <exception cref="TemplateException">It is no template.</exception>
    public static TemplateTree Parse(string name, string text, IEnumerable<string> variables)
    {
        TemplateParser parser = new(name, text, variables);
        TemplateNode[] body = parser.ReadList(out string end);
        return end.Length == 0
            ? new TemplateTree(name, body, parser._definitions)
            : throw parser.Fail($"unexpected {{{{{end}}}}}");
    }

    /// <summary>Nodes up to the end of the text, or to <c>end</c> or <c>else</c>, which is then the current word.</summary>
    private TemplateNode[] ReadList(out string end)
    {
        List<TemplateNode> nodes = [];
        while (true)
        {
            TemplateToken token = Current;
            switch (token.Kind)
            {
                case TemplateTokenKind.End:
                    end = "";
                    return [.. nodes];
                case TemplateTokenKind.Text:
                    _next++;
                    nodes.Add(new TemplateNode.Literal(token.Text));
                    break;
                default:
                    _next++;
                    if (Current is { Kind: TemplateTokenKind.Identifier, Text: "end" or "else" } word)
                    {
                        end = word.Text;
                        return [.. nodes];
                    }

                    if (ReadAction() is { } node)
                    {
                        nodes.Add(node);
                    }

                    break;
            }
        }
    }

    private TemplateNode? ReadAction()
    {
        if (Current.Kind == TemplateTokenKind.Identifier)
        {
            switch (Current.Text)
            {
                case "if" or "with" or "range":
                    return ReadBranch(Take().Text);
                case "template":
                    return ReadInvocation();
                case "define":
                    ReadDefinition();
                    return null;
                case "block":
                    return ReadBlock();
                case "break" or "continue":
                    return ReadJump();
            }
        }

        TemplateNode.Pipeline pipeline = ReadPipeline("command", TemplateTokenKind.ActionEnd);
        return new TemplateNode.Action(pipeline);
    }

    private TemplateNode.Branch ReadBranch(string keyword)
    {
        Enter();
        int scope = _variables.Count;
        TemplateNode.Pipeline pipeline = ReadPipeline(keyword, TemplateTokenKind.ActionEnd, isRange: keyword == "range");
        _loops += keyword == "range" ? 1 : 0;
        TemplateNode[] body = ReadList(out string end);
        _loops -= keyword == "range" ? 1 : 0;
        TemplateNode[] otherwise = [];
        if (end == "else")
        {
            _next++;
            if (keyword != "range" && Current is { Kind: TemplateTokenKind.Identifier } chained && chained.Text == keyword)
            {
                // "else if" nests, and shares its end.
                _next++;
                otherwise = [ReadBranch(keyword)];
                _variables.RemoveRange(scope, _variables.Count - scope);
                _depth--;
                return new TemplateNode.Branch(keyword, pipeline, body, otherwise);
            }

            Expect(TemplateTokenKind.ActionEnd, "else");
            otherwise = ReadList(out end);
        }

        if (end != "end")
        {
            throw Fail(end.Length == 0 ? "unexpected EOF" : "expected end; found {{else}}");
        }

        _next++;
        Expect(TemplateTokenKind.ActionEnd, "end");
        _variables.RemoveRange(scope, _variables.Count - scope);
        _depth--;
        return new TemplateNode.Branch(keyword, pipeline, body, otherwise);
    }

    private TemplateNode.Invocation ReadInvocation()
    {
        int line = Take().Line;
        string name = TakeName("template clause");
        TemplateNode.Pipeline? argument = null;
        if (Current.Kind == TemplateTokenKind.ActionEnd)
        {
            _next++;
        }
        else
        {
            argument = ReadPipeline("template clause", TemplateTokenKind.ActionEnd);
        }

        return new TemplateNode.Invocation(name, argument, line);
    }

    private void ReadDefinition()
    {
        _next++;
        string name = TakeName("define clause");
        Expect(TemplateTokenKind.ActionEnd, "define clause");
        _definitions[name] = ReadBody("define clause");
    }

    private TemplateNode.Invocation ReadBlock()
    {
        int line = Take().Line;
        string name = TakeName("block clause");
        TemplateNode.Pipeline argument = ReadPipeline("block clause", TemplateTokenKind.ActionEnd);
        _definitions[name] = ReadBody("block clause");
        return new TemplateNode.Invocation(name, argument, line);
    }

    /// <summary>What a definition holds; it sees none of the variables around it.</summary>
    private TemplateNode[] ReadBody(string context)
    {
        Enter();
        List<string> outside = [.. _variables];
        int loops = _loops;
        _variables.Clear();
        _variables.Add("$");
        _loops = 0;
        TemplateNode[] body = ReadList(out string end);
        if (end != "end")
        {
            throw Fail(end.Length == 0 ? "unexpected EOF" : $"unexpected {{{{else}}}} in {context}");
        }

        _next++;
        Expect(TemplateTokenKind.ActionEnd, context);
        _variables.Clear();
        _variables.AddRange(outside);
        _loops = loops;
        _depth--;
        return body;
    }

    private TemplateNode.Jump ReadJump()
    {
        TemplateToken word = Take();
        if (_loops == 0)
        {
            throw Fail($"{{{{{word.Text}}}}} outside {{{{range}}}}");
        }

        Expect(TemplateTokenKind.ActionEnd, word.Text);
        return new TemplateNode.Jump(word.Text == "break");
    }

    private TemplateNode.Pipeline ReadPipeline(string context, TemplateTokenKind end, bool isRange = false)
    {
        int line = Current.Line;
        string[] variables = ReadDeclarations(isRange, out bool isAssignment);
        List<TemplateNode.Command> commands = [];
        while (true)
        {
            commands.Add(ReadCommand(context, end));
            if (Current.Kind == end)
            {
                break;
            }

            _next++;
        }

        _next++;
        CheckPipeline(commands);
        return new TemplateNode.Pipeline(variables, isAssignment, [.. commands], line);
    }

    /// <summary>The variables before <c>:=</c> or <c>=</c>; none when the pipeline begins otherwise.</summary>
    private string[] ReadDeclarations(bool isRange, out bool isAssignment)
    {
        isAssignment = false;
        if (Current.Kind != TemplateTokenKind.Variable)
        {
            return [];
        }

        bool two = isRange
            && _tokens[_next + 1].Kind == TemplateTokenKind.Comma
            && _tokens[_next + 2].Kind == TemplateTokenKind.Variable;
        TemplateToken sign = _tokens[_next + (two ? 3 : 1)];
        if (sign.Kind is not (TemplateTokenKind.Declare or TemplateTokenKind.Assign))
        {
            return [];
        }

        string[] names = two ? [Current.Text, _tokens[_next + 2].Text] : [Current.Text];
        _next += two ? 4 : 2;
        isAssignment = sign.Kind == TemplateTokenKind.Assign;
        foreach (string name in names)
        {
            if (isAssignment && !_variables.Contains(name))
            {
                throw Fail($"undefined variable \"{name}\"");
            }

            _variables.Add(name);
        }

        return names;
    }

    /// <summary>Only the first command may be a plain value: the others get one.</summary>
    private void CheckPipeline(List<TemplateNode.Command> commands)
    {
        for (int index = 1; index < commands.Count; index++)
        {
            if (commands[index].Operands[0] is TemplateNode.Constant or TemplateNode.Dot)
            {
                throw Fail(string.Create(
                    CultureInfo.InvariantCulture, $"non executable command in pipeline stage {index + 1}"));
            }
        }
    }

    private TemplateNode.Command ReadCommand(string context, TemplateTokenKind end)
    {
        int line = Current.Line;
        List<TemplateNode> operands = [];
        while (Current.Kind != end && Current.Kind != TemplateTokenKind.Pipe)
        {
            if (operands.Count > 0 && !Current.AfterSpace && Current.Kind != TemplateTokenKind.LeftParen)
            {
                throw Unexpected("operand");
            }

            operands.Add(ReadOperand(context));
        }

        return operands.Count > 0
            ? new TemplateNode.Command([.. operands], line)
            : throw Fail(Current.Kind == TemplateTokenKind.Pipe ? $"unexpected \"|\" in {context}" : $"missing value for {context}");
    }

    private TemplateNode ReadOperand(string context)
    {
        TemplateNode operand = ReadTerm(context);
        List<string> fields = [];
        while (Current.Kind == TemplateTokenKind.Field && !Current.AfterSpace)
        {
            fields.Add(Take().Text);
        }

        if (fields.Count == 0)
        {
            return operand;
        }

        // The term of a field is the value at hand with that field: the others follow it.
        return operand switch
        {
            TemplateNode.Constant => throw Fail("unexpected . after term"),
            TemplateNode.Fields { Of: TemplateNode.Dot } first =>
                new TemplateNode.Fields(first.Of, [.. first.Names, .. fields]),
            _ => new TemplateNode.Fields(operand, [.. fields]),
        };
    }

    private TemplateNode ReadTerm(string context)
    {
        TemplateToken token = Take();
        switch (token.Kind)
        {
            case TemplateTokenKind.Dot:
                return new TemplateNode.Dot();
            case TemplateTokenKind.Field:
                return new TemplateNode.Fields(new TemplateNode.Dot(), [token.Text]);
            case TemplateTokenKind.Variable:
                return _variables.Contains(token.Text)
                    ? new TemplateNode.Variable(token.Text)
                    : throw Fail($"undefined variable \"{token.Text}\"");
            case TemplateTokenKind.StringLiteral:
                return new TemplateNode.Constant(token.Text);
            case TemplateTokenKind.Number:
                return GoNumbers.TryParse(token.Text, out object? number)
                    ? new TemplateNode.Constant(number)
                    : throw Fail($"bad number syntax: \"{token.Text}\"");
            case TemplateTokenKind.Identifier:
                return ReadWord(token.Text);
            case TemplateTokenKind.LeftParen:
                Enter();
                TemplateNode.Pipeline inner = ReadPipeline("parenthesized pipeline", TemplateTokenKind.RightParen);
                _depth--;
                return inner;
            default:
                _next--;
                throw Unexpected(context);
        }
    }

    private TemplateNode ReadWord(string word) => word switch
    {
        "true" => new TemplateNode.Constant(true),
        "false" => new TemplateNode.Constant(false),
        "nil" => new TemplateNode.Constant(null),
        _ => TemplateFunctions.Has(word)
            ? new TemplateNode.Function(word)
            : throw Fail($"function \"{word}\" not defined"),
    };

    private string TakeName(string context) => Current.Kind == TemplateTokenKind.StringLiteral
        ? Take().Text
        : throw Unexpected(context);

    private void Expect(TemplateTokenKind kind, string context)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(context);
        }

        _next++;
    }

    private TemplateToken Take() => _tokens[_next++];

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Fail(string.Create(CultureInfo.InvariantCulture, $"nests more than {MaxDepth} levels deep"));
        }
    }

    private TemplateException Unexpected(string context) => Fail(Current.Kind switch
    {
        TemplateTokenKind.End => "unexpected EOF",
        TemplateTokenKind.ActionEnd => $"unexpected \"}}}}\" in {context}",
        _ => $"unexpected <{Current.Text}> in {context}",
    });

    private TemplateException Fail(string problem) => new(string.Create(
        CultureInfo.InvariantCulture, $"template: {_name}:{_tokens[Math.Min(_next, _tokens.Count - 1)].Line}: {problem}"));
}
