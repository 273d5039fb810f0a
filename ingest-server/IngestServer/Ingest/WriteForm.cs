using AmpEdge.IngestServer.Query;
using AmpEdge.Prometheus;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Ingest;

/// <summary>Decides from the headers of a remote write request which message its body is.</summary>
internal static class WriteForm
{
    public const string MediaType = "application/x-protobuf";
    public const string MessageV1 = "prometheus.WriteRequest";
    public const string MessageV2 = "io.prometheus.write.v2.Request";
    public const string Encoding = "snappy";

    /// <summary>The answer of a server that takes what AMP takes.</summary>
    public const string OnlyVersion1 =
        $"remote write protobuf message {MessageV2} is not accepted by this server; supported: {MessageV1}";

    /// <summary>
    /// Null when the body is a snappy-compressed message of a version that is known; else the text of the 415 answer. A
    /// missing content type or encoding stands for version 1.0 in snappy, since old senders leave them out.
    /// </summary>
    public static string? Refuse(string? contentType, string? contentEncoding, out WriteProtocol protocol)
    {
        protocol = WriteProtocol.V1;
        if (!string.IsNullOrEmpty(contentEncoding) && contentEncoding != Encoding)
        {
            return $"{TimeParameter.Clip(contentEncoding)} encoding (compression) is not accepted by this server; "
                + $"only {Encoding} is acceptable";
        }

        return string.IsNullOrEmpty(contentType) ? null : RefuseContentType(contentType, ref protocol);
    }

    private static string? RefuseContentType(string contentType, ref WriteProtocol protocol)
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
            if (message is not (MessageV1 or MessageV2))
            {
                return $"got {shown} content type; unknown remote write protobuf message {TimeParameter.Clip(message)}, "
                    + $"supported: {MessageV1}, {MessageV2}";
            }

            protocol = message == MessageV2 ? WriteProtocol.V2 : WriteProtocol.V1;
        }

        return null;
    }
}
