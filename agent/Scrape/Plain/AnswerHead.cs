using System.Buffers.Text;
using System.Text;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Scrape.Plain;

/// <summary>
/// What counts of the head of an HTTP/1.1 answer (RFC 9112, 4 and 5). Only the usual is read, and strictly; whatever else a server may
/// say is left to the general client.
/// </summary>
internal readonly struct AnswerHead
{
    private static readonly Encoding s_encoding = Encoding.Latin1;

    /// <summary>The status code.</summary>
    public int Status { get; private init; }

    /// <summary>What is said behind it.</summary>
    public string Reason { get; private init; }

    /// <summary>The value of Content-Type, or the empty string.</summary>
    public string ContentType { get; private init; }

    public bool IsGzip { get; private init; }

    public BodyFraming Framing { get; private init; }

    /// <summary>With <see cref="BodyFraming.Length"/>: the bytes of the body.</summary>
    public long ContentLength { get; private init; }

    /// <summary>Whether another request may follow on the connection.</summary>
    public bool KeepsAlive { get; private init; }

    /// <summary>Reads a head; false when it is not one of the usual kind.</summary>
    /// <param name="bytes">From the status line to the empty line, which may be left out.</param>
    /// <param name="head">What it says.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out AnswerHead head)
    {
        head = default;
        ReadOnlySpan<byte> line = HttpFraming.NextLine(ref bytes);
        if (line.Length < 12 || !line.StartsWith("HTTP/1.1 "u8)
            || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out int digits) || digits != 3 || status is < 200 or (>= 300 and < 400)
            || (line.Length > 12 && line[12] != ' '))
        {
            return false;
        }

        string reason = status == 200 || line.Length < 14 ? "" : s_encoding.GetString(line[13..]);
        Fields fields = new() { ContentLength = -1, ContentType = "", KeepsAlive = true };
        while (!(line = HttpFraming.NextLine(ref bytes)).IsEmpty)
        {
            if (!fields.TryTake(line))
            {
                return false;
            }
        }

        if (fields.IsChunked && fields.ContentLength >= 0)
        {
            return false;
        }

        BodyFraming framing = fields.IsChunked ? BodyFraming.Chunked
            : fields.ContentLength >= 0 ? BodyFraming.Length
            : BodyFraming.UntilClose;
        head = new AnswerHead
        {
            Status = status,
            Reason = reason,
            ContentType = fields.ContentType,
            IsGzip = fields.IsGzip,
            Framing = framing,
            ContentLength = Math.Max(0, fields.ContentLength),
            KeepsAlive = fields.KeepsAlive && framing != BodyFraming.UntilClose,
        };
        return true;
    }

    /// <summary>What the fields that matter have said so far.</summary>
    private struct Fields
    {
        public long ContentLength;
        public string ContentType;
        public bool IsChunked;
        public bool IsGzip;
        public bool KeepsAlive;

        /// <summary>False when the field is malformed, comes twice where it may not, or says something unusual.</summary>
        public bool TryTake(ReadOnlySpan<byte> line)
        {
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAny(" \t"u8))
            {
                return false;
            }

            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            switch (name.Length)
            {
                case 10 when Ascii.EqualsIgnoreCase(name, "Connection"u8):
                    KeepsAlive &= Ascii.EqualsIgnoreCase(value, "keep-alive"u8);
                    return true;
                case 12 when Ascii.EqualsIgnoreCase(name, "Content-Type"u8):
                    bool isFirst = ContentType.Length == 0;
                    ContentType = s_encoding.GetString(value);
                    return isFirst;
                case 14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8):
                    return ContentLength < 0 && TryReadLength(value, out ContentLength);
                case 16 when Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8):
                    bool isRepeated = IsGzip;
                    IsGzip = Ascii.EqualsIgnoreCase(value, "gzip"u8);
                    return !isRepeated && (IsGzip || Ascii.EqualsIgnoreCase(value, "identity"u8));
                case 17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8):
                    bool isSecond = IsChunked;
                    IsChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
                    return !isSecond && IsChunked;
                default:
                    return true;
            }
        }

        private static bool TryReadLength(ReadOnlySpan<byte> value, out long length) =>
            Utf8Parser.TryParse(value, out length, out int digits) && digits == value.Length && value.Length <= 18
            && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
