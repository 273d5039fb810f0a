using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>
/// Reads the parts of a sample line that are written the plain way, which is nearly always: labels without blanks,
/// escapes or quoted names, and a decimal number before the line break. What it takes means the same in every text
/// format; anything else it leaves to the lexer, which judges it.
/// </summary>
/// <remarks>TokeniseBenchmark: halves the time of a page against the lexer alone.</remarks>
internal static class PlainLine
{
    /// <summary>
    /// Reads labels from after the opening brace; returns the position after the closing one. -1, with no slots
    /// filled, when they are not plain.
    /// </summary>
    public static int ReadLabels(ReadOnlySpan<byte> page, int position, LabelSlots slots)
    {
        while ((uint)position < (uint)page.Length)
        {
            if (page[position] == '}')
            {
                return position + 1;
            }

            int nameStart = position;
            if (!ExpositionBytes.IsLabelStart(page[position]))
            {
                break;
            }

            position = ExpositionBytes.EndOfLabelName(page, position + 1);
            ReadOnlySpan<byte> rest = page[position..];
            if (rest.Length < 3 || rest[0] != '=' || rest[1] != '"')
            {
                break;
            }

            ReadOnlySpan<byte> value = rest[2..];
            int length = ExpositionBytes.LengthOfPlainValue(value);
            if (length >= 0 && value[length] > 0x7F)
            {
                length = LengthOfUtf8Value(value);
            }

            if ((uint)length >= (uint)value.Length - 1 || value[length] != '"')
            {
                break;
            }

            slots.Add(new LabelSlot(nameStart, position - nameStart, position + 2, length));
            position += length + 3;
            byte divider = value[length + 1];
            if (divider == ',')
            {
                position++;
            }
            else if (divider != '}')
            {
                break;
            }
        }

        slots.Clear();
        return -1;
    }

    private static int LengthOfUtf8Value(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAny((byte)'"', (byte)'\\', (byte)'\n');
        return length >= 0 && Utf8.IsValid(text[..length]) ? length : -1;
    }

    /// <summary>Reads a blank, a number and a line break; returns the position after it, or -1 when that is not there.</summary>
    public static int ReadValue(ReadOnlySpan<byte> page, int position, out double value)
    {
        value = 0;
        if ((uint)position >= (uint)page.Length || page[position] != ' ')
        {
            return -1;
        }

        ReadOnlySpan<byte> rest = page[(position + 1)..];
        int length = FloatParser.ParsePrefix(rest, out value);
        return length > 0 && (uint)length < (uint)rest.Length && rest[length] == '\n' ? position + length + 2 : -1;
    }
}
