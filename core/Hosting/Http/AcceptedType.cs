using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>One entry of an <c>Accept</c> header.</summary>
/// <param name="MediaType">In lower case: <c>text/plain</c>.</param>
/// <param name="Parameters">What stands behind the media type save <c>q</c>; names in lower case, values without quotes.</param>
/// <param name="Quality"><c>q</c>, from 0 to 1; 1 when absent or unreadable.</param>
public readonly record struct AcceptedType(
    string MediaType, IReadOnlyList<KeyValuePair<string, string>> Parameters, double Quality)
{
    public string Version => Parameter("version");

    public static IReadOnlyList<AcceptedType> ParseAll(string accept)
    {
        List<AcceptedType> types = [];
        foreach (string entry in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            types.Add(Parse(entry));
        }

        return types;
    }

    /// <summary>The value of a parameter; empty without one.</summary>
    public string Parameter(string name)
    {
        foreach ((string given, string value) in Parameters)
        {
            if (given == name)
            {
                return value;
            }
        }

        return "";
    }

    private static AcceptedType Parse(string entry)
    {
        string[] parts = entry.Split(';', StringSplitOptions.TrimEntries);
        List<KeyValuePair<string, string>> parameters = [];
        double quality = 1;
        foreach (string parameter in parts.AsSpan(1))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : parameter[..equals].Trim().ToLowerInvariant();
            string value = equals < 0 ? "" : parameter[(equals + 1)..].Trim('"', ' ');
            if (name != "q")
            {
                parameters.Add(new(name, value));
            }
            else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double given))
            {
                quality = Math.Clamp(given, 0, 1);
            }
        }

        return new AcceptedType(parts[0].ToLowerInvariant(), parameters, quality);
    }
}
