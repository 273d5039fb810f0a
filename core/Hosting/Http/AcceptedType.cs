using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>One entry of an <c>Accept</c> header: media type, <c>version</c> and <c>q</c> (1 when absent or unreadable).</summary>
internal readonly record struct AcceptedType(string MediaType, string Version, double Quality)
{
    public static IReadOnlyList<AcceptedType> ParseAll(string accept)
    {
        List<AcceptedType> types = [];
        foreach (string entry in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            types.Add(Parse(entry));
        }

        return types;
    }

    private static AcceptedType Parse(string entry)
    {
        string[] parts = entry.Split(';', StringSplitOptions.TrimEntries);
        string version = "";
        double quality = 1;
        foreach (string parameter in parts.AsSpan(1))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "" : parameter[(equals + 1)..].Trim('"', ' ');
            switch (equals < 0 ? "" : parameter[..equals].Trim().ToLowerInvariant())
            {
                case "version":
                    version = value;
                    break;
                case "q" when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double given):
                    quality = Math.Clamp(given, 0, 1);
                    break;
            }
        }

        return new AcceptedType(parts[0].ToLowerInvariant(), version, quality);
    }
}
