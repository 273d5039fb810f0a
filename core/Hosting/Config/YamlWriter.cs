using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Writes block YAML line by line: what a configuration looks like with every default filled in.</summary>
public sealed class YamlWriter
{
    private readonly StringBuilder _text = new();
    private int _indent;
    private bool _itemStarts;

    /// <summary>Where secrets are printed as they are: for comparing configurations, never for showing them.</summary>
    public bool RevealSecrets { get; init; }

    public YamlWriter Text(string key, string value) => Line(key, Quoted(value));

    public YamlWriter TextUnlessEmpty(string key, string value) => value.Length == 0 ? this : Text(key, value);

    /// <summary>A URL, which may carry a password.</summary>
    public YamlWriter Url(string key, string value) => Text(key, RevealSecrets ? value : ConfigUrl.Shown(value));

    public YamlWriter Bool(string key, bool value) => Line(key, value ? "true" : "false");

    public YamlWriter BoolIfTrue(string key, bool value) => value ? Bool(key, value) : this;

    public YamlWriter Number(string key, long value) => Line(key, value.ToString(CultureInfo.InvariantCulture));

    public YamlWriter NumberUnlessZero(string key, ulong value) =>
        value == 0 ? this : Line(key, value.ToString(CultureInfo.InvariantCulture));

    public YamlWriter FloatUnlessZero(string key, double value) =>
        value == 0 ? this : Line(key, value.ToString("R", CultureInfo.InvariantCulture));

    public YamlWriter Duration(string key, TimeSpan value) => Line(key, PrometheusDuration.Format(value));

    public YamlWriter DurationUnlessZero(string key, TimeSpan value) =>
        value == TimeSpan.Zero ? this : Duration(key, value);

    public YamlWriter SizeUnlessZero(string key, ByteSize value) => value.Bytes == 0 ? this : Line(key, value.ToString());

    public YamlWriter Secret(string key, Secret? value)
    {
        if (value is null or { IsEmpty: true })
        {
            return this;
        }

        return Text(key, RevealSecrets ? value.Reveal() : value.ToString());
    }

    /// <summary>A value that is JSON already, which is YAML too.</summary>
    public YamlWriter JsonUnlessEmpty(string key, string json) => json.Length == 0 ? this : Line(key, json);

    public YamlWriter Texts(string key, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            Line(key, null);
            foreach (string value in values)
            {
                Indent().Append("- ").Append(Quoted(value)).Append('\n');
            }
        }

        return this;
    }

    public YamlWriter TextMap(string key, IReadOnlyList<KeyValuePair<string, string>> map)
    {
        if (map.Count > 0)
        {
            Section(key, () =>
            {
                foreach ((string name, string value) in map)
                {
                    Line(Quoted(name), Quoted(value));
                }
            });
        }

        return this;
    }

    /// <summary>A mapping below a key; nothing is written when the body writes nothing.</summary>
    public YamlWriter Section(string key, Action writeBody)
    {
        int before = _text.Length;
        bool itemStarts = _itemStarts;
        Line(key, null);
        int afterKey = _text.Length;
        _indent += 2;
        writeBody();
        _indent -= 2;
        if (_text.Length == afterKey)
        {
            _text.Length = before;
            _itemStarts = itemStarts;
        }

        return this;
    }

    /// <summary>A list of mappings below a key; nothing when the list is empty.</summary>
    public YamlWriter Items<TItem>(string key, IReadOnlyList<TItem> items, Action<TItem> writeItem)
    {
        if (items.Count > 0)
        {
            Line(key, null);
            foreach (TItem item in items)
            {
                _indent += 2;
                _itemStarts = true;
                writeItem(item);
                if (_itemStarts)
                {
                    Indent().Append("{}\n");
                }

                _indent -= 2;
            }
        }

        return this;
    }

    public override string ToString() => _text.ToString();

    private YamlWriter Line(string key, string? value)
    {
        Indent().Append(key).Append(':');
        _text.Append(value is null ? "" : " ").Append(value).Append('\n');
        return this;
    }

    /// <summary>The first line of a list's item carries the dash in its indent.</summary>
    private StringBuilder Indent()
    {
        if (_itemStarts)
        {
            _itemStarts = false;
            return _text.Append(' ', _indent - 2).Append("- ");
        }

        return _text.Append(' ', _indent);
    }

    private static string Quoted(string value)
    {
        if (IsPlain(value))
        {
            return value;
        }

        StringBuilder quoted = new("\"");
        foreach (char letter in value)
        {
            _ = letter switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                '\r' => quoted.Append("\\r"),
                < ' ' or '\u007F' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Only what no reader can take for anything but this text stays without quotes.</summary>
    private static bool IsPlain(string value)
    {
        if (value.Length == 0 || value == Hosting.Secret.Shown)
        {
            return value.Length > 0;
        }

        YamlScalar scalar = new(default, value, isPlain: true);
        if (!char.IsLetter(value[0]) && value[0] is not ('/' or '_')
            || scalar.IsNull || YamlValue.TryBool(scalar, out _) || YamlValue.TryInteger(scalar, out _)
            || YamlValue.TryFloat(scalar, out _))
        {
            return false;
        }

        foreach (char letter in value)
        {
            if (!char.IsLetterOrDigit(letter) && letter is not ('_' or '-' or '.' or '/' or ':' or '*' or '$' or '{' or '}' or '(' or ')' or '+' or '@' or ';' or '|'))
            {
                return false;
            }
        }

        return value[^1] != ':';
    }
}
