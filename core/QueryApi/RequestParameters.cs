using System.Globalization;
using System.Text;

namespace AmpEdge.QueryApi;

/// <summary>The parameters of one API call: those of a POST form first, then those of the query string.</summary>
public sealed class RequestParameters
{
    private readonly List<KeyValuePair<string, string>> _pairs = [];

    private RequestParameters()
    {
    }

    public static RequestParameters Empty { get; } = new();

    /// <summary>All pairs in the order in which they count.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All => _pairs;

    /// <summary>Reads both sources; a bad percent escape or a semicolon between pairs is refused.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> rawQuery, ReadOnlySpan<byte> form, out RequestParameters parameters, out string problem)
    {
        parameters = new RequestParameters();
        return parameters.TryAdd(form, out problem)
            && parameters.TryAdd(Encoding.UTF8.GetBytes(rawQuery.TrimStart('?').ToString()), out problem);
    }

    /// <summary>The first value of that name; the empty string when it is absent.</summary>
    public string Get(string name)
    {
        foreach ((string key, string value) in _pairs)
        {
            if (key == name)
            {
                return value;
            }
        }

        return "";
    }

    public List<string> GetAll(string name)
    {
        List<string> values = [];
        foreach ((string key, string value) in _pairs)
        {
            if (key == name)
            {
                values.Add(value);
            }
        }

        return values;
    }

    private bool TryAdd(ReadOnlySpan<byte> encoded, out string problem)
    {
        while (!encoded.IsEmpty)
        {
            int end = encoded.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? encoded : encoded[..end];
            encoded = end < 0 ? default : encoded[(end + 1)..];
            if (!pair.IsEmpty && !TryAddPair(pair, out problem))
            {
                return false;
            }
        }

        problem = "";
        return true;
    }

    private bool TryAddPair(ReadOnlySpan<byte> pair, out string problem)
    {
        if (pair.Contains((byte)';'))
        {
            problem = "invalid semicolon separator in query";
            return false;
        }

        int equals = pair.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = equals < 0 ? pair : pair[..equals];
        ReadOnlySpan<byte> value = equals < 0 ? default : pair[(equals + 1)..];
        if (!TryDecode(name, out string decodedName, out problem) || !TryDecode(value, out string decoded, out problem))
        {
            return false;
        }

        _pairs.Add(new(decodedName, decoded));
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> encoded, out string text, out string problem)
    {
        problem = "";
        byte[] bytes = new byte[encoded.Length];
        int length = 0;
        for (int index = 0; index < encoded.Length; index++)
        {
            byte current = encoded[index];
            if (current == '%')
            {
                ReadOnlySpan<byte> rest = encoded[(index + 1)..];
                if (rest.Length < 2
                    || !byte.TryParse(rest[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out current))
                {
                    string shown = Encoding.UTF8.GetString(encoded.Slice(index, Math.Min(3, encoded.Length - index)));
                    problem = $"invalid URL escape \"{shown}\"";
                    text = "";
                    return false;
                }

                index += 2;
            }
            else if (current == '+')
            {
                current = (byte)' ';
            }

            bytes[length++] = current;
        }

        text = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }
}
