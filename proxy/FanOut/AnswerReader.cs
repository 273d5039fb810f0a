using System.Text;
using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.FanOut;

/// <summary>
/// Walks a member's JSON answer: status, warnings and infos, and data that the caller of each walk reads. Whatever is
/// not as Prometheus answers is a <see cref="JsonException"/> that says what was expected.
/// </summary>
internal ref struct AnswerReader
{
    private readonly LabelsBuilder _labels = new();
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _json;

    public AnswerReader(ReadOnlySpan<byte> text)
    {
        _text = text;
        _json = new Utf8JsonReader(text);
    }

    public readonly JsonTokenType Token => _json.TokenType;

    /// <summary>Goes to the next token, which must be there and of a kind.</summary>
    public void Expect(JsonTokenType kind, string what)
    {
        if (!_json.Read() || _json.TokenType != kind)
        {
            throw new JsonException($"{what} is missing or of another type");
        }
    }

    /// <summary>Goes to the next token, of whatever kind.</summary>
    public void Next()
    {
        if (!_json.Read())
        {
            throw new JsonException("the answer ends too early");
        }
    }

    /// <summary>The next name of an object's members; null at the object's end.</summary>
    public string? NextName()
    {
        Next();
        return _json.TokenType == JsonTokenType.PropertyName ? CurrentText() : null;
    }

    /// <summary>Goes over the value after a name.</summary>
    public void Skip()
    {
        Next();
        _json.Skip();
    }

    /// <summary>Nothing but white space may follow.</summary>
    public void End()
    {
        if (_json.Read())
        {
            throw new JsonException("more follows the answer");
        }
    }

    /// <summary>The text of a string that must come next.</summary>
    public string Text(string what)
    {
        Expect(JsonTokenType.String, what);
        return CurrentText();
    }

    /// <summary>A list of texts that must come next.</summary>
    public void Texts(string what, ICollection<string> texts)
    {
        Expect(JsonTokenType.StartArray, what);
        while (true)
        {
            Next();
            if (_json.TokenType == JsonTokenType.EndArray)
            {
                return;
            }

            if (_json.TokenType != JsonTokenType.String)
            {
                throw new JsonException($"{what} holds something else than texts");
            }

            texts.Add(CurrentText());
        }
    }

    /// <summary>A label set, <c>{"name":"value",…}</c>, whose opening brace is the token at hand.</summary>
    public LabelsBuilder Labels()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a label set is missing or of another type");
        }

        _labels.Reset();
        Span<byte> stack = stackalloc byte[512];
        while (NextName() is { } name)
        {
            Expect(JsonTokenType.String, "the value of a label");
            Span<byte> unescaped = _json.ValueSpan.Length <= stack.Length ? stack : new byte[_json.ValueSpan.Length];
            _labels.Set(Encoding.UTF8.GetBytes(name), unescaped[..CopyCurrent(unescaped)]);
        }

        return _labels;
    }

    /// <summary>Goes over the point that must come next; returns where it stands.</summary>
    public Range SinglePoint(JsonTokenType value)
    {
        Next();
        int start = (int)_json.TokenStartIndex;
        Point(value);
        return start..(int)_json.BytesConsumed;
    }

    /// <summary>Goes over the list of points that must come next; returns where it stands.</summary>
    public Range Points(JsonTokenType value)
    {
        Expect(JsonTokenType.StartArray, "the points of a series");
        int start = (int)_json.TokenStartIndex;
        while (true)
        {
            Next();
            if (_json.TokenType == JsonTokenType.EndArray)
            {
                return start..(int)_json.BytesConsumed;
            }

            Point(value);
        }
    }

    /// <summary>Goes over the value whose first token is the one at hand; returns its text.</summary>
    public string CurrentRaw()
    {
        int start = (int)_json.TokenStartIndex;
        _json.Skip();
        return Encoding.UTF8.GetString(_text[start..(int)_json.BytesConsumed]);
    }

    /// <summary>The milliseconds of the number that must come next.</summary>
    public long TimestampMs()
    {
        Expect(JsonTokenType.Number, "the time of a point");
        double milliseconds = Math.Round(_json.GetDouble() * 1000);
        return Math.Abs(milliseconds) < long.MaxValue / 2.0
            ? (long)milliseconds
            : throw new JsonException("the time of a point is out of range");
    }

    /// <summary>The number in a text that must come next: <c>"1.5"</c>, <c>"NaN"</c>, <c>"+Inf"</c>.</summary>
    public double Number()
    {
        Expect(JsonTokenType.String, "the value of a point");
        return FloatParser.TryParse(_json.ValueSpan, out double value)
            ? value
            : throw new JsonException("the value of a point is no number");
    }

    /// <summary>The small whole number that must come next.</summary>
    public int Integer()
    {
        Expect(JsonTokenType.Number, "a number");
        return _json.TryGetInt32(out int value) ? value : throw new JsonException("a number is no integer");
    }

    private readonly string CurrentText()
    {
        try
        {
            return _json.GetString() ?? "";
        }
        catch (InvalidOperationException broken)
        {
            throw NotUnicode(broken);
        }
    }

    private readonly int CopyCurrent(Span<byte> destination)
    {
        try
        {
            return _json.CopyString(destination);
        }
        catch (InvalidOperationException broken)
        {
            throw NotUnicode(broken);
        }
    }

    // The reader's word for a text with half of a surrogate pair or bytes that are not UTF-8.
    private static JsonException NotUnicode(InvalidOperationException broken) => new("a text is not Unicode", broken);

    /// <summary>Goes over a point, <c>[time,"value"]</c> or <c>[time,{…}]</c>, whose opening bracket is the token at hand.</summary>
    private void Point(JsonTokenType value)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("a point is missing or of another type");
        }

        Expect(JsonTokenType.Number, "the time of a point");
        Expect(value, "the value of a point");
        _json.Skip();
        Expect(JsonTokenType.EndArray, "the end of a point");
    }
}
