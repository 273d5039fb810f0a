using AmpEdge.IngestServer.Query;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>Decides from the headers of a remote_write request whether its body is one that this server reads.</summary>
internal static class WriteProtocol
{
    public const string MediaType = "application/x-protobuf";
    public const string MessageV1 = "prometheus.WriteRequest";
    public const string MessageV2 = "io.prometheus.write.v2.Request";
    public const string Encoding = "snappy";

    /// <summary>
    /// Null when the body is a snappy-compressed message of version 1; else the text of the 415 answer. A missing
    /// content type or encoding stands for exactly that, since old senders leave them out.
    /// </summary>
    public static string? Refuse(string? contentType, string? contentEncoding)
    {
        if (!string.IsNullOrEmpty(contentEncoding) && contentEncoding != Encoding)
        {
            return $"{TimeParameter.Clip(contentEncoding)} encoding (compression) is not accepted by this server; "
                + $"only {Encoding} is acceptable";
        }

        return string.IsNullOrEmpty(contentType) ? null : RefuseContentType(contentType);
    }

    private static string? RefuseContentType(string contentType)
    {
        string shown = TimeParameter.Clip(contentType);
        string[] parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        if (!parts[0].Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return $"expected {MediaType} as the first (media) part, got {shown} content-type";
        }

        foreach (string parameter in parts.AsSpan(1))
        {
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                return $"as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be key-values, "
                    + $"got {TimeParameter.Clip(parameter)} in {shown} content-type";
            }

            if (!parameter.AsSpan(0, equals).Equals("proto", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            string message = parameter[(equals + 1)..].Trim('"');
            if (message != MessageV1)
            {
                return message == MessageV2
                    ? $"remote write protobuf message {MessageV2} is not accepted by this server; supported: {MessageV1}"
                    : $"got {shown} content type; unknown remote write protobuf message {TimeParameter.Clip(message)}, "
                        + $"supported: {MessageV1}";
            }
        }

        return null;
    }
}
