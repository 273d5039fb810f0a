using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>Reads the label set at the start of a series description: <c>name{label="value"}</c>.</summary>
internal sealed class MetricReader(byte[] input)
{
    private const string Context = "label set";

    private readonly Lexer _lexer = new(input);
    private readonly LabelsBuilder _labels = new();

    /// <summary>The byte after the label set.</summary>
    public int End => _lexer.Position;

    public ParseError? Error { get; private set; }

    /// <summary>The labels; null with <see cref="Error"/> set.</summary>
    public Labels? Read()
    {
        Token first = _lexer.Next();
        if (first.Kind.IsMetricName())
        {
            _labels.Set(LabelNames.MetricName, Text(first));
            return End < input.Length && input[End] == '{' ? ReadBraces(_lexer.Next()) : _labels.Build();
        }

        return ReadBraces(first);
    }

    private Labels? ReadBraces(Token open)
    {
        if (open.Kind != TokenKind.LeftBrace)
        {
            return Fail(open, "", "");
        }

        Token token = _lexer.Next();
        while (token.Kind != TokenKind.RightBrace)
        {
            if (!ReadLabel(ref token))
            {
                return null;
            }

            if (token.Kind == TokenKind.Comma)
            {
                token = _lexer.Next();
            }
            else if (token.Kind != TokenKind.RightBrace)
            {
                return Fail(token, Context, "\",\" or \"}\"");
            }
        }

        return _labels.Build();
    }

    // One label; the word after it is the new token.
    private bool ReadLabel(ref Token token)
    {
        bool quoted = token.Kind == TokenKind.String;
        if (!quoted && token.Kind != TokenKind.Identifier)
        {
            Fail(token, Context, "identifier or \"}\"");
            return false;
        }

        string name = Text(token);
        token = _lexer.Next();
        if (token.Kind != TokenKind.Equal)
        {
            if (!quoted)
            {
                Fail(token, Context, "\"=\"");
                return false;
            }

            _labels.Set(LabelNames.MetricName, name);
            return true;
        }

        token = _lexer.Next();
        if (token.Kind != TokenKind.String)
        {
            Fail(token, Context, "string");
            return false;
        }

        _labels.Set(name, Text(token));
        token = _lexer.Next();
        return true;
    }

    private string Text(Token token)
    {
        ReadOnlySpan<byte> text = input.AsSpan(token.Start, token.End - token.Start);
        return Encoding.UTF8.GetString(token.Kind == TokenKind.String ? StringLiterals.Unquote(text) : text);
    }

    private Labels? Fail(Token token, string context, string expected)
    {
        string message = TokenReader.Unexpected(token, input, context, expected);
        Error = TokenReader.ErrorAt(
            input, token.Position, token.Kind == TokenKind.Error ? _lexer.ErrorMessage : message);
        return null;
    }
}
