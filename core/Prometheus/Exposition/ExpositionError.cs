using System.Globalization;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>Why a page was refused.</summary>
/// <param name="Message">The text that Prometheus gives for the same page.</param>
/// <param name="Line">Line of the page, from 1.</param>
/// <param name="Column">Byte in the line where the offending token begins, from 1.</param>
public sealed record ExpositionError(string Message, int Line, int Column)
{
    private const int MaxQuotedBytes = 200;

    /// <summary>Names a token as Prometheus does.</summary>
    private static string NameOf(ExpositionToken token) => token switch
    {
        ExpositionToken.EndOfInput => "EOF",
        ExpositionToken.Linebreak => "LINEBREAK",
        ExpositionToken.Help => "HELP",
        ExpositionToken.Type => "TYPE",
        ExpositionToken.Unit => "UNIT",
        ExpositionToken.EofWord => "EOFWORD",
        ExpositionToken.Text => "TEXT",
        ExpositionToken.Comment => "COMMENT",
        ExpositionToken.MetricName => "MNAME",
        ExpositionToken.QuotedString => "QSTRING",
        ExpositionToken.BraceOpen => "BOPEN",
        ExpositionToken.BraceClose => "BCLOSE",
        ExpositionToken.LabelName => "LNAME",
        ExpositionToken.LabelValue => "LVALUE",
        ExpositionToken.Comma => "COMMA",
        ExpositionToken.Equal => "EQUAL",
        ExpositionToken.Timestamp => "TIMESTAMP",
        ExpositionToken.Value => "VALUE",
        _ => "INVALID",
    };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {Message}");

    /// <summary>A token stood where another was expected.</summary>
    internal static ExpositionError Unexpected(
        ReadOnlySpan<byte> page, string expected, ExpositionToken token, Range found, int entryStart) =>
        At(
            page,
            found.Start.Value,
            $"{expected}, got {Quote(page[found])} (\"{NameOf(token)}\") "
                + $"while parsing: {Quote(page[entryStart..found.End])}");

    /// <summary>A number did not parse.</summary>
    internal static ExpositionError BadNumber(
        ReadOnlySpan<byte> page, FloatParseOutcome outcome, ReadOnlySpan<byte> number, Range line, string function)
    {
        string reason = outcome switch
        {
            FloatParseOutcome.UnsupportedCharacter => "unsupported character in float",
            FloatParseOutcome.OutOfRange => $"strconv.{function}: parsing {Quote(number)}: value out of range",
            _ => $"strconv.{function}: parsing {Quote(number)}: invalid syntax",
        };
        return At(page, line.End.Value - number.Length, $"{reason} while parsing: {Quote(page[line])}");
    }

    internal static ExpositionError At(ReadOnlySpan<byte> page, int offset, string message)
    {
        ReadOnlySpan<byte> before = page[..Math.Min(offset, page.Length)];
        int lastBreak = before.LastIndexOf((byte)'\n');
        return new ExpositionError(message, before.Count((byte)'\n') + 1, before.Length - lastBreak);
    }

    /// <summary>Bytes in quotes, with Go's escapes for what cannot be printed, cut where it gets long.</summary>
    internal static string Quote(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new("\"");
        bool cut = bytes.Length > MaxQuotedBytes;
        ReadOnlySpan<byte> rest = cut ? bytes[..MaxQuotedBytes] : bytes;
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{rest[0]:x2}");
                rest = rest[1..];
                continue;
            }

            AppendRune(text, rune);
            rest = rest[length..];
        }

        return text.Append('"').Append(cut ? "…" : "").ToString();
    }

    private static void AppendRune(StringBuilder text, Rune rune)
    {
        string? escape = rune.Value switch
        {
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '\a' => "\\a",
            '\b' => "\\b",
            '\f' => "\\f",
            '\v' => "\\v",
            '"' => "\\\"",
            '\\' => "\\\\",
            < 0x20 or 0x7f => "\\x" + rune.Value.ToString("x2", CultureInfo.InvariantCulture),
            _ => null,
        };
        text.Append(escape ?? rune.ToString());
    }
}
