namespace AmpEdge.Prometheus;

/// <summary>
/// Chooses the parser for a response: by its Content-Type, and where that is missing, malformed or unknown, by the
/// fallback protocol of the configuration, with the texts that a Prometheus server gives.
/// </summary>
public static class MediaTypes
{
    private const string Tspecials = "()<>@,;:\\\"/[]?=";

    /// <summary>
    /// The format of a page. Returns false when there is none, with the reason in <paramref name="problem"/>; a true
    /// result may come with a problem too, when the fallback had to step in.
    /// </summary>
    /// <param name="contentType">The header's value, or the empty string.</param>
    /// <param name="fallback">The format of <c>fallback_scrape_protocol</c>, or null.</param>
    /// <param name="format">The format to parse with.</param>
    /// <param name="problem">What is wrong with the header, or null.</param>
    public static bool TryChoose(
        string contentType, ExpositionFormat? fallback, out ExpositionFormat format, out string? problem)
    {
        format = fallback ?? default;
        string tail = fallback is { } protocol
            ? $", using fallback_scrape_protocol \"{MediaTypeOf(protocol)}\""
            : " and no fallback_scrape_protocol specified for target";
        if (contentType.Length == 0)
        {
            problem = "non-compliant scrape target sending blank Content-Type" + tail;
            return fallback is not null;
        }

        if (!TryParse(contentType, out string mediaType, out string error))
        {
            problem = fallback is null
                ? $"cannot parse Content-Type \"{contentType}\" and no fallback_scrape_protocol for target: {error}"
                : $"could not parse received Content-Type \"{contentType}\"{tail}: {error}";
            return fallback is not null;
        }

        problem = null;
        switch (mediaType)
        {
            case "text/plain":
                format = ExpositionFormat.Text100;
                return true;
            case "application/openmetrics-text":
                format = ExpositionFormat.OpenMetrics100;
                return true;
            case "application/vnd.google.protobuf":
                format = ExpositionFormat.Protobuf;
                return true;
            default:
                problem = $"received unsupported Content-Type \"{contentType}\"{tail}";
                return fallback is not null;
        }
    }

    /// <summary>The media type of a format, without parameters.</summary>
    private static string MediaTypeOf(ExpositionFormat format) => format switch
    {
        ExpositionFormat.OpenMetrics100 => "application/openmetrics-text",
        ExpositionFormat.Protobuf => "application/vnd.google.protobuf",
        _ => "text/plain",
    };

    /// <summary>Parses <c>type/subtype; name=value; …</c> (RFC 2045, RFC 9110); parameters are checked and left aside.</summary>
    private static bool TryParse(string contentType, out string mediaType, out string error)
    {
        int semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        string parameters = semicolon < 0 ? "" : contentType[semicolon..];
        mediaType = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim().ToLowerInvariant();
        error = CheckMediaType(mediaType) ?? CheckParameters(parameters) ?? "";
        return error.Length == 0;
    }

    private static string? CheckMediaType(string mediaType)
    {
        int typeLength = TokenLength(mediaType, 0);
        if (typeLength == 0)
        {
            return "mime: no media type";
        }

        if (typeLength == mediaType.Length)
        {
            return null;
        }

        if (mediaType[typeLength] != '/')
        {
            return "mime: expected slash after first token";
        }

        int subtypeLength = TokenLength(mediaType, typeLength + 1);
        if (subtypeLength == 0)
        {
            return "mime: expected token after slash";
        }

        return typeLength + 1 + subtypeLength == mediaType.Length
            ? null
            : "mime: unexpected content after media subtype";
    }

    private static string? CheckParameters(string parameters)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        int position = 0;
        while (position < parameters.Length)
        {
            position = SkipSpaces(parameters, position);
            if (position == parameters.Length)
            {
                return null;
            }

            if (parameters[position] != ';')
            {
                return "mime: invalid media parameter";
            }

            position = SkipSpaces(parameters, position + 1);
            if (position == parameters.Length)
            {
                return null;
            }

            int nameLength = TokenLength(parameters, position);
            string name = parameters.Substring(position, nameLength);
            position = SkipSpaces(parameters, position + nameLength);
            if (nameLength == 0 || position == parameters.Length || parameters[position] != '=')
            {
                return "mime: invalid media parameter";
            }

            position = SkipSpaces(parameters, position + 1);
            int valueEnd = EndOfParameterValue(parameters, position);
            if (valueEnd < 0)
            {
                return "mime: invalid media parameter";
            }

            position = valueEnd;
            if (!seen.Add(name))
            {
                return "mime: duplicate parameter name";
            }
        }

        return null;
    }

    private static int EndOfParameterValue(string text, int start)
    {
        if (start == text.Length || text[start] != '"')
        {
            int length = TokenLength(text, start);
            return length == 0 ? -1 : start + length;
        }

        for (int position = start + 1; position < text.Length; position++)
        {
            switch (text[position])
            {
                case '\\':
                    position++;
                    break;
                case '"':
                    return position + 1;
            }
        }

        return -1;
    }

    private static int SkipSpaces(string text, int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t')
        {
            position++;
        }

        return position;
    }

    private static int TokenLength(string text, int start)
    {
        int end = start;
        while (end < text.Length && text[end] is > ' ' and < '\u007f'
            && !Tspecials.Contains(text[end], StringComparison.Ordinal))
        {
            end++;
        }

        return end - start;
    }
}
