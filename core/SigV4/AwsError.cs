using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;

namespace AmpEdge.SigV4;

/// <summary>
/// What a service of AWS says when it refuses a request, in any of its protocols: XML, JSON, or the header
/// <c>x-amzn-ErrorType</c> with a JSON body.
/// </summary>
/// <param name="Code">The error's name, such as <c>ExpiredTokenException</c>; empty when the answer has none.</param>
/// <param name="Message">The error's text, on one line; the whole body when it is neither XML nor JSON.</param>
public readonly record struct AwsError(string Code, string Message)
{
    // A service allows five minutes either way. Clocks that differ by less are not why it refused.
    private static readonly TimeSpan s_minSkew = TimeSpan.FromMinutes(4);

    private static readonly XmlReaderSettings s_xml = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>True for the names that mean credentials that were good once.</summary>
    public bool IsExpiredCredentials =>
        Code is "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" or "TokenRefreshRequired"
        || Message.Contains("token included in the request is expired", StringComparison.Ordinal);

    /// <summary>Reads an answer whose status tells of an error; a body that was cut is read as far as it goes.</summary>
    /// <param name="errorType">The header <c>x-amzn-ErrorType</c>; null or empty without one.</param>
    /// <param name="body">The answer's body, or its beginning.</param>
    public static AwsError Read(string? errorType, ReadOnlyMemory<byte> body)
    {
        ReadOnlySpan<byte> text = body.Span.TrimStart(" \t\r\n"u8);
        (string code, string message) = text.StartsWith("{"u8) ? ReadJson(body)
            : text.StartsWith("<"u8) ? ReadXml(body)
            : ("", "");
        return new AwsError(
            NameOf(code.Length > 0 ? code : errorType ?? ""),
            OneLine(message.Length > 0 ? message : Encoding.UTF8.GetString(text)));
    }

    /// <summary>What the error means to the one who signed.</summary>
    /// <param name="status">Of the answer.</param>
    /// <param name="skew">How far the answer's clock was ahead of the one that signed; null when the answer told no time.</param>
    public SignatureRefusal ReasonFor(HttpStatusCode status, TimeSpan? skew)
    {
        if ((int)status is < 400 or > 499)
        {
            return SignatureRefusal.Other;
        }

        // EC2 names old signatures and ended sessions alike: the clock tells which it was.
        bool clocksDiffer = skew is { } ahead && ahead.Duration() >= s_minSkew;
        if (Code is "RequestTimeTooSkewed" or "RequestInTheFuture"
            || Message.Contains("Signature expired: ", StringComparison.Ordinal)
            || Message.Contains("Signature not yet current: ", StringComparison.Ordinal)
            || (clocksDiffer && (Code is "RequestExpired" or "AuthFailure" || IsSignatureMismatch)))
        {
            return SignatureRefusal.ClockSkew;
        }

        return IsExpiredCredentials ? SignatureRefusal.ExpiredCredentials
            : IsUnknownCredentials ? SignatureRefusal.UnknownCredentials
            : IsSignatureMismatch ? SignatureRefusal.SignatureMismatch
            : SignatureRefusal.Other;
    }

    private bool IsSignatureMismatch =>
        Code is "InvalidSignatureException" or "SignatureDoesNotMatch" or "InvalidSignature";

    private bool IsUnknownCredentials =>
        Code is "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidAccessKeyId" or "InvalidToken"
        || Message.Contains("token included in the request is invalid", StringComparison.Ordinal);

    /// <summary>The name alone of <c>com.amazonaws.ecs#ThrottlingException:http://…</c>.</summary>
    private static string NameOf(string type)
    {
        string name = type[(type.LastIndexOf('#') + 1)..];
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return OneLine(colon < 0 ? name : name[..colon]);
    }

    private static (string Code, string Message) ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            return (Text(root, "__type", "code"), Text(root, "message", "Message"));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // An error that came cut: its text is shown as far as it goes.
            return ("", "");
        }
    }

    private static string Text(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString() ?? "";
            }
        }

        return "";
    }

    /// <summary>The first Code and Message, at whatever depth: services nest them differently.</summary>
    private static (string Code, string Message) ReadXml(ReadOnlyMemory<byte> body)
    {
        string code = "";
        string message = "";
        try
        {
            using MemoryStream stream = new(body.ToArray(), writable: false);
            using XmlReader reader = XmlReader.Create(stream, s_xml);
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Code" && code.Length == 0)
                {
                    code = reader.IsEmptyElement || !reader.Read() ? "" : reader.Value;
                }
                else if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Message" && message.Length == 0)
                {
                    message = reader.IsEmptyElement || !reader.Read() ? "" : reader.Value;
                }
            }
        }
        catch (XmlException)
        {
            // As above: what was read until there is shown.
            return (code, message);
        }

        return (code, message);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
