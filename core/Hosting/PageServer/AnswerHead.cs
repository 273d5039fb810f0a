using System.Globalization;
using System.Text;

namespace AmpEdge.Hosting;

/// <summary>Status line and header fields of an answer while they are put together.</summary>
internal sealed class AnswerHead
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    /// <summary>Sets a field; a second value for the same name takes the place of the first.</summary>
    /// <exception cref="ArgumentException">Name or value hold what would end the field, and let a client write the answer.</exception>
    public void Set(string name, string value)
    {
        if (name.AsSpan().ContainsAny(" :\r\n") || value.AsSpan().ContainsAnyInRange('\0', '\x1F'))
        {
            throw new ArgumentException($"the answer's field {name} may not hold control characters", nameof(value));
        }

        _fields.RemoveAll(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase));
        _fields.Add(new(name, value));
    }

    public void Clear() => _fields.Clear();

    /// <summary>The bytes of the head, empty line included.</summary>
    public byte[] Encode(int status, string contentType, long contentLength, bool keepsConnection, DateTimeOffset now)
    {
        StringBuilder head = new(256);
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {Reason(status)}\r\n");
        if (contentType.Length > 0)
        {
            Set("Content-Type", contentType);
        }

        foreach ((string name, string value) in _fields)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {contentLength}\r\n");
        head.Append("Date: ").Append(now.ToString("R", CultureInfo.InvariantCulture)).Append("\r\n");
        head.Append(keepsConnection ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
        return Encoding.Latin1.GetBytes(head.ToString());
    }

    /// <summary>Clients go by the number; the words are for people who read along.</summary>
    private static string Reason(int status) => status switch
    {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Answer",
    };
}
