using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace AmpEdge.Prometheus;

/// <summary>The byte classes of the text formats.</summary>
internal static class ExpositionBytes
{
    private const byte LabelStart = 1;
    private const byte LabelPart = 2;
    private const byte MetricStart = 4;

    private static readonly byte[] s_classes = BuildClasses();

    private static readonly SearchValues<byte> s_metricName =
        SearchValues.Create("0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What may end the run of ordinary bytes in a quoted string.</summary>
    public static readonly SearchValues<byte> QuoteOrBackslash = SearchValues.Create("\"\\"u8);

    /// <summary>The same where a line break may not be part of the string.</summary>
    public static readonly SearchValues<byte> QuoteBackslashOrBreak = SearchValues.Create("\"\\\n"u8);

    public static bool IsMetricStart(byte letter) => (s_classes[letter] & MetricStart) != 0;

    public static bool IsLabelStart(byte letter) => (s_classes[letter] & LabelStart) != 0;

    /// <summary>The end of the metric name that begins at <paramref name="start"/>.</summary>
    /// <remarks>Searched in blocks since such names are long; see <see cref="LengthOfPlainValue"/> for what it gains.</remarks>
    public static int EndOfMetricName(ReadOnlySpan<byte> page, int start)
    {
        int length = page[start..].IndexOfAnyExcept(s_metricName);
        return length < 0 ? page.Length : start + length;
    }

    /// <summary>The end of the label name that begins at <paramref name="start"/>; such names are short.</summary>
    public static int EndOfLabelName(ReadOnlySpan<byte> page, int start)
    {
        byte[] classes = s_classes;
        int position = start;
        while ((uint)position < (uint)page.Length && (classes[page[position]] & LabelPart) != 0)
        {
            position++;
        }

        return position;
    }

    /// <summary>
    /// The length of the text before its first quote, backslash, line break or byte that is not ASCII: one search
    /// finds the end of a label value and proves that it is valid UTF-8. -1 when there is none of them.
    /// </summary>
    /// <remarks>TokeniseBenchmark.Text: 95 ns a sample before names and values were searched in blocks, 71 with it.</remarks>
    public static int LengthOfPlainValue(ReadOnlySpan<byte> text)
    {
        int position = 0;
        for (; text.Length - position >= Vector128<byte>.Count; position += Vector128<byte>.Count)
        {
            Vector128<byte> block = Vector128.Create(text.Slice(position, Vector128<byte>.Count));
            Vector128<byte> stops = Vector128.Equals(block, Vector128.Create((byte)'"'))
                | Vector128.Equals(block, Vector128.Create((byte)'\\'))
                | Vector128.Equals(block, Vector128.Create((byte)'\n'))
                | block;
            uint mask = stops.ExtractMostSignificantBits();
            if (mask != 0)
            {
                return position + BitOperations.TrailingZeroCount(mask);
            }
        }

        for (; position < text.Length; position++)
        {
            if (text[position] is (byte)'"' or (byte)'\\' or (byte)'\n' or > 0x7F)
            {
                return position;
            }
        }

        return -1;
    }

    /// <summary>
    /// The end, after its quote, of the string whose opening quote is at <paramref name="start"/>; or the complement
    /// of the position where it breaks off: the end of the page, a line break after a backslash, or any line break
    /// where <paramref name="stop"/> forbids them.
    /// </summary>
    public static int EndOfQuoted(ReadOnlySpan<byte> page, int start, SearchValues<byte> stop)
    {
        int position = start + 1;
        while (true)
        {
            int length = page[position..].IndexOfAny(stop);
            if (length < 0)
            {
                return ~page.Length;
            }

            position += length;
            switch (page[position])
            {
                case (byte)'"':
                    return position + 1;
                case (byte)'\n':
                    return ~position;
            }

            if (position + 1 >= page.Length || page[position + 1] == '\n')
            {
                return ~(position + 1);
            }

            position += 2;
        }
    }

    private static byte[] BuildClasses()
    {
        byte[] classes = new byte[256];
        for (int letter = 0; letter < classes.Length; letter++)
        {
            bool isLetter = char.IsAsciiLetter((char)letter) || letter == '_';
            bool isDigit = char.IsAsciiDigit((char)letter);
            classes[letter] = (byte)(
                (isLetter ? LabelStart | MetricStart : 0)
                | (isLetter || isDigit ? LabelPart : 0)
                | (letter == ':' ? MetricStart : 0));
        }

        return classes;
    }
}
