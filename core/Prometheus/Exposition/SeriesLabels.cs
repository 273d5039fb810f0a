using System.Buffers;
using System.Text.Unicode;

namespace AmpEdge.Prometheus;

/// <summary>Turns the slices of a parsed series into labels: escapes resolved, bounds and quantiles normalised.</summary>
public static class SeriesLabels
{
    private const int StackBytes = 256;

    /// <summary>
    /// Appends name and labels of the parser's series. Values of <c>le</c> in histograms and <c>quantile</c> in
    /// summaries take the float form (<c>1</c> becomes <c>1.0</c>), so that one bucket has one identity in every
    /// format. A name given twice is appended twice: the builder's <c>Build(out hasDuplicate)</c> tells.
    /// </summary>
    public static void AppendTo<TParser>(ref readonly TParser parser, LabelsBuilder builder)
        where TParser : struct, ISeriesText, allows ref struct
    {
        Append(builder, LabelNames.MetricNameUtf8, parser.Name);
        ReadOnlySpan<byte> page = parser.Page;
        Span<byte> canonical = stackalloc byte[FloatFormatter.MaxLength];
        foreach (ref readonly LabelSlot slot in parser.Labels.Slots)
        {
            ReadOnlySpan<byte> name = page.Slice(slot.NameStart, slot.NameLength);
            ReadOnlySpan<byte> value = page.Slice(slot.ValueStart, slot.ValueLength);
            if (IsNormalised(parser.FamilyType, name) && FloatParser.TryParse(value, out double bound))
            {
                int length = FloatFormatter.WriteCanonicalLabelValue(bound, canonical);
                builder.Append(name, canonical[..length]);
            }
            else
            {
                Append(builder, name, value);
            }
        }
    }

    /// <summary>Appends labels that have no family: those of an exemplar.</summary>
    public static void AppendTo(ReadOnlySpan<byte> page, LabelSlots slots, LabelsBuilder builder)
    {
        foreach (ref readonly LabelSlot slot in slots.Slots)
        {
            Append(
                builder, page.Slice(slot.NameStart, slot.NameLength), page.Slice(slot.ValueStart, slot.ValueLength));
        }
    }

    /// <summary>
    /// Resolves <c>\\</c>, <c>\n</c> and <c>\"</c>; any other backslash stands for itself. Returns the length, never
    /// more than the source's.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int written = 0;
        for (int position = 0; position < source.Length; position++)
        {
            byte letter = source[position];
            if (letter == '\\' && position + 1 < source.Length
                && source[position + 1] is (byte)'\\' or (byte)'n' or (byte)'"')
            {
                position++;
                letter = source[position] == 'n' ? (byte)'\n' : source[position];
            }

            destination[written++] = letter;
        }

        return written;
    }

    /// <summary>Resolves the escapes of a help text: quotes are escaped only in OpenMetrics.</summary>
    public static string UnescapeHelp(ReadOnlySpan<byte> text, bool isOpenMetrics)
    {
        string help = System.Text.Encoding.UTF8.GetString(text);
        if (!help.Contains('\\', StringComparison.Ordinal))
        {
            return help;
        }

        System.Text.StringBuilder plain = new(help.Length);
        for (int position = 0; position < help.Length; position++)
        {
            char next = position + 1 < help.Length ? help[position + 1] : '\0';
            bool isEscape = help[position] == '\\' && (next is '\\' or 'n' || (next == '"' && isOpenMetrics));
            plain.Append(isEscape ? (next == 'n' ? '\n' : next) : help[position]);
            position += isEscape ? 1 : 0;
        }

        return plain.ToString();
    }

    /// <summary>True when every name is UTF-8: quoted names are not checked while parsing.</summary>
    public static bool HasValidNames<TParser>(ref readonly TParser parser)
        where TParser : struct, ISeriesText, allows ref struct
    {
        bool valid = Utf8.IsValid(parser.Name) && !parser.Name.IsEmpty;
        foreach (ref readonly LabelSlot slot in parser.Labels.Slots)
        {
            valid &= slot.NameLength > 0 && Utf8.IsValid(parser.Page.Slice(slot.NameStart, slot.NameLength));
        }

        return valid;
    }

    private static bool IsNormalised(MetricType familyType, ReadOnlySpan<byte> name) =>
        (familyType == MetricType.Histogram && name.SequenceEqual("le"u8))
        || (familyType == MetricType.Summary && name.SequenceEqual("quantile"u8));

    private static void Append(LabelsBuilder builder, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!name.Contains((byte)'\\') && !value.Contains((byte)'\\'))
        {
            builder.Append(name, value);
            return;
        }

        int size = name.Length + value.Length;
        byte[]? rented = size > StackBytes ? ArrayPool<byte>.Shared.Rent(size) : null;
        Span<byte> plain = rented ?? stackalloc byte[StackBytes];
        int nameLength = Unescape(name, plain);
        int valueLength = Unescape(value, plain[nameLength..]);
        builder.Append(plain[..nameLength], plain.Slice(nameLength, valueLength));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
