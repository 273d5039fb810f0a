using System.Buffers;

namespace AmpEdge.Prometheus;

/// <summary>The byte classes of the text formats.</summary>
internal static class ExpositionBytes
{
    private const byte LabelStart = 1;
    private const byte LabelPart = 2;
    private const byte MetricStart = 4;
    private const byte MetricPart = 8;

    private static readonly byte[] s_classes = BuildClasses();

    /// <summary>What may end the run of ordinary bytes in a quoted string.</summary>
    public static readonly SearchValues<byte> QuoteOrBackslash = SearchValues.Create("\"\\"u8);

    /// <summary>The same where a line break may not be part of the string.</summary>
    public static readonly SearchValues<byte> QuoteBackslashOrBreak = SearchValues.Create("\"\\\n"u8);

    public static bool IsMetricStart(byte letter) => (s_classes[letter] & MetricStart) != 0;

    public static bool IsLabelStart(byte letter) => (s_classes[letter] & LabelStart) != 0;

    /// <summary>The end of the metric name that begins at <paramref name="start"/>.</summary>
    public static int EndOfMetricName(ReadOnlySpan<byte> page, int start) => EndOf(page, start, MetricPart);

    /// <summary>The end of the label name that begins at <paramref name="start"/>.</summary>
    public static int EndOfLabelName(ReadOnlySpan<byte> page, int start) => EndOf(page, start, LabelPart);

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

    private static int EndOf(ReadOnlySpan<byte> page, int start, byte part)
    {
        byte[] classes = s_classes;
        int position = start;
        while ((uint)position < (uint)page.Length && (classes[page[position]] & part) != 0)
        {
            position++;
        }

        return position;
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
                | (isLetter || isDigit ? LabelPart | MetricPart : 0)
                | (letter == ':' ? MetricStart | MetricPart : 0));
        }

        return classes;
    }
}
