using System.Globalization;
using System.Text;

namespace AmpEdge.IngestServer.Templates;

/// <summary>Cuts a template into texts and the words of its actions, as Go's templates are cut.</summary>
internal sealed class TemplateLexer(string name, string input)
{
    private const string Open = "{{";
    private const string Close = "}}";
    private const string CommentStart = "/*";
    private const string CommentEnd = "*/";

    private readonly List<TemplateToken> _tokens = [];
    private int _position;
    private int _line = 1;

    /// <summary>The text after an action that ended with a trim marker loses its leading white space.</summary>
    private bool _trimNext;

    public List<TemplateToken> Read()
    {
        while (_position < input.Length)
        {
            int open = input.IndexOf(Open, _position, StringComparison.Ordinal);
            int end = open < 0 ? input.Length : open;
            bool trims = open >= 0 && IsTrimMarkerAfter(open + Open.Length);
            AddText(input[_position..end], trims);
            _position = end;
            if (open >= 0)
            {
                _position += Open.Length + (trims ? 1 : 0);
                ReadAction();
            }
        }

        Add(TemplateTokenKind.End, "", false);
        return _tokens;
    }

    private bool IsTrimMarkerAfter(int position) =>
        position + 1 < input.Length && input[position] == '-' && IsSpace(input[position + 1]);

    private void AddText(string text, bool trimEnd)
    {
        string shown = _trimNext ? text.TrimStart(' ', '\t', '\r', '\n') : text;
        shown = trimEnd ? shown.TrimEnd(' ', '\t', '\r', '\n') : shown;
        _trimNext = false;
        if (shown.Length > 0)
        {
            Add(TemplateTokenKind.Text, shown, false);
        }

        CountLines(text);
    }

    private void ReadAction()
    {
        int start = _position;
        while (start < input.Length && IsSpace(input[start]))
        {
            start++;
        }

        if (input.AsSpan(start).StartsWith(CommentStart))
        {
            ReadComment(start);
            return;
        }

        Add(TemplateTokenKind.ActionStart, "", false);
        bool afterSpace = false;
        while (!TryEndAction())
        {
            if (_position >= input.Length)
            {
                throw Fail("unclosed action");
            }

            if (IsSpace(input[_position]))
            {
                CountLines(input.AsSpan(_position, 1));
                _position++;
                afterSpace = true;
                continue;
            }

            ReadWord(afterSpace);
            afterSpace = false;
        }
    }

    private void ReadComment(int start)
    {
        int end = input.IndexOf(CommentEnd, start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fail("unclosed comment");
        }

        CountLines(input.AsSpan(_position, end - _position));
        _position = end + CommentEnd.Length;
        while (_position < input.Length && IsSpace(input[_position]) && !AtTrimmedClose())
        {
            _position++;
        }

        if (AtTrimmedClose())
        {
            _trimNext = true;
            _position = input.IndexOf(Close, _position, StringComparison.Ordinal) + Close.Length;
        }
        else if (input.AsSpan(_position).StartsWith(Close))
        {
            _position += Close.Length;
        }
        else
        {
            throw Fail("comment ends before closing delimiter");
        }
    }

    private bool AtTrimmedClose() => _position + 1 < input.Length
        && IsSpace(input[_position])
        && input.AsSpan(_position + 1).StartsWith("-" + Close);

    private bool TryEndAction()
    {
        if (AtTrimmedClose())
        {
            _position += 2 + Close.Length;
            _trimNext = true;
        }
        else if (input.AsSpan(_position).StartsWith(Close))
        {
            _position += Close.Length;
        }
        else
        {
            return false;
        }

        Add(TemplateTokenKind.ActionEnd, "", false);
        return true;
    }

    private void ReadWord(bool afterSpace)
    {
        char first = input[_position];
        switch (first)
        {
            case '"' or '`' or '\'':
                ReadQuoted(first, afterSpace);
                break;
            case '|' or ',' or '(' or ')' or '=':
                _position++;
                Add(Punctuation(first), first.ToString(), afterSpace);
                break;
            case ':' when Peek(1) == '=':
                _position += 2;
                Add(TemplateTokenKind.Declare, ":=", afterSpace);
                break;
            case '.' when char.IsAsciiDigit(Peek(1)):
                ReadNumber(afterSpace);
                break;
            case '.':
                _position++;
                string field = TakeIdentifier();
                Add(field.Length == 0 ? TemplateTokenKind.Dot : TemplateTokenKind.Field, field, afterSpace);
                break;
            case '$':
                _position++;
                Add(TemplateTokenKind.Variable, "$" + TakeIdentifier(), afterSpace);
                break;
            default:
                if (char.IsAsciiDigit(first) || (first is '+' or '-' && (char.IsAsciiDigit(Peek(1)) || Peek(1) == '.')))
                {
                    ReadNumber(afterSpace);
                }
                else if (TakeIdentifier() is { Length: > 0 } identifier)
                {
                    Add(TemplateTokenKind.Identifier, identifier, afterSpace);
                }
                else
                {
                    throw Fail($"unrecognized character in action: U+{(int)first:X4} '{first}'");
                }

                break;
        }
    }

    private static TemplateTokenKind Punctuation(char letter) => letter switch
    {
        '|' => TemplateTokenKind.Pipe,
        ',' => TemplateTokenKind.Comma,
        '(' => TemplateTokenKind.LeftParen,
        ')' => TemplateTokenKind.RightParen,
        _ => TemplateTokenKind.Assign,
    };

    private char Peek(int ahead) => _position + ahead < input.Length ? input[_position + ahead] : '\0';

    private string TakeIdentifier()
    {
        int start = _position;
        while (_position < input.Length && (input[_position] == '_' || char.IsLetterOrDigit(input[_position])))
        {
            _position++;
        }

        return input[start.._position];
    }

    private void ReadNumber(bool afterSpace)
    {
        int start = _position++;
        while (_position < input.Length)
        {
            char letter = input[_position];
            bool isSign = letter is '+' or '-' && char.ToUpperInvariant(input[_position - 1]) is 'E' or 'P';
            if (!isSign && letter is not ('.' or '_') && !char.IsAsciiLetterOrDigit(letter))
            {
                break;
            }

            _position++;
        }

        Add(TemplateTokenKind.Number, input[start.._position], afterSpace);
    }

    private void ReadQuoted(char quote, bool afterSpace)
    {
        int start = _position++;
        while (_position < input.Length && input[_position] != quote)
        {
            bool isEscape = quote != '`' && input[_position] == '\\';
            if (quote != '`' && input[_position] == '\n')
            {
                break;
            }

            _position += isEscape ? 2 : 1;
        }

        if (_position >= input.Length || input[_position] != quote)
        {
            throw Fail(quote switch
            {
                '`' => "unterminated raw quoted string",
                '"' => "unterminated quoted string",
                _ => "unterminated character constant",
            });
        }

        _position++;
        string text = quote == '`' ? input[(start + 1)..(_position - 1)] : Unescape(input[(start + 1)..(_position - 1)]);
        if (quote == '\'')
        {
            int value = text.Length == 0 ? 0 : char.ConvertToUtf32(text, 0);
            Add(TemplateTokenKind.Number, value.ToString(CultureInfo.InvariantCulture), afterSpace);
        }
        else
        {
            Add(TemplateTokenKind.StringLiteral, text, afterSpace);
        }

        CountLines(input.AsSpan(start, _position - start));
    }

    private string Unescape(string text)
    {
        StringBuilder plain = new(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                plain.Append(text[index]);
                continue;
            }

            index++;
            int digits = text[index] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0 && index + digits < text.Length
                && int.TryParse(text.AsSpan(index + 1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int code)
                && Rune.IsValid(code))
            {
                plain.Append(new Rune(code).ToString());
                index += digits;
                continue;
            }

            plain.Append(text[index] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'a' => '\a',
                'b' => '\b',
                'f' => '\f',
                'v' => '\v',
                '\\' => '\\',
                '"' => '"',
                '\'' => '\'',
                _ => throw Fail("invalid syntax"),
            });
        }

        return plain.ToString();
    }

    private void Add(TemplateTokenKind kind, string text, bool afterSpace) =>
        _tokens.Add(new TemplateToken(kind, text, _line, afterSpace));

    private void CountLines(ReadOnlySpan<char> text) => _line += text.Count('\n');

    private static bool IsSpace(char letter) => letter is ' ' or '\t' or '\r' or '\n';

    private TemplateException Fail(string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"template: {name}:{_line}: {problem}"));
}
