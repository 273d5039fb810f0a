using System.Buffers;
using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

// The canonical raw form of a label set: what a sender of remote write 1.0 that sorts its labels puts into a
// TimeSeries, one field per label (FORMAT.md, "Labels"):
//
//   +------+----------------+------+-------------+------+------+--------------+-------+
//   | 0x0A | length uvarint | 0x0A | name length | name | 0x12 | value length | value |
//   +------+----------------+------+-------------+------+------+--------------+-------+
//
// The head keeps a series' labels only in this form, so that the cache of raw labels and the labels are the same bytes.

/// <summary>Translates between a label set's blob and its canonical raw form.</summary>
internal static class RawLabels
{
    private const byte LabelField = 0x0A;
    private const byte NameField = 0x0A;
    private const byte ValueField = 0x12;

    /// <summary>The length of the canonical raw form.</summary>
    public static int Measure(ReadOnlySpan<byte> blob)
    {
        int length = 0;
        foreach (LabelPair label in new LabelsEnumerator(blob))
        {
            int inner = InnerLength(label);
            length += 1 + LengthOfUvarint(inner) + inner;
        }

        return length;
    }

    /// <summary>Writes the canonical raw form; the target has the measured length.</summary>
    public static void Write(ReadOnlySpan<byte> blob, Span<byte> target)
    {
        int position = 0;
        foreach (LabelPair label in new LabelsEnumerator(blob))
        {
            target[position++] = LabelField;
            WriteUvarint(target, ref position, InnerLength(label));
            WriteString(target, ref position, NameField, label.Name);
            WriteString(target, ref position, ValueField, label.Value);
        }
    }

    /// <summary>The label set of bytes that <see cref="Write"/> made.</summary>
    public static Labels ToLabels(ReadOnlySpan<byte> canonical)
    {
        // Each label loses its field tags and its length, so the blob is shorter.
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(canonical.Length, 1));
        int position = 0;
        foreach (LabelPair label in new RawLabelsEnumerator(canonical))
        {
            WriteBlobString(rented, ref position, label.Name);
            WriteBlobString(rented, ref position, label.Value);
        }

        Labels labels = Labels.FromBlob(rented.AsSpan(0, position));
        ArrayPool<byte>.Shared.Return(rented);
        return labels;
    }

    /// <summary>
    /// True when bytes from outside are a canonical raw form: fields as drawn, names strictly rising, nothing empty.
    /// </summary>
    public static bool IsCanonical(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> lastName = default;
        RawLabelsEnumerator labels = new(raw);
        while (labels.MoveNext())
        {
            ReadOnlySpan<byte> name = labels.Current.Name;
            if (name.IsEmpty || labels.Current.Value.IsEmpty || name.SequenceCompareTo(lastName) <= 0)
            {
                return false;
            }

            lastName = name;
        }

        return !labels.Malformed && (labels.HasShortLengthsOnly || Reencodes(raw));
    }

    /// <summary>The order of <see cref="Labels.CompareTo"/>, over canonical raw forms.</summary>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        RawLabelsEnumerator lefts = new(left);
        RawLabelsEnumerator rights = new(right);
        while (true)
        {
            bool hasLeft = lefts.MoveNext();
            bool hasRight = rights.MoveNext();
            if (!hasLeft || !hasRight)
            {
                return hasLeft.CompareTo(hasRight);
            }

            int order = lefts.Current.Name.SequenceCompareTo(rights.Current.Name);
            order = order != 0 ? order : lefts.Current.Value.SequenceCompareTo(rights.Current.Value);
            if (order != 0)
            {
                return order;
            }
        }
    }

    /// <summary>Lengths may be written with more bytes than they need; only the shortest form is canonical.</summary>
    private static bool Reencodes(ReadOnlySpan<byte> raw)
    {
        int length = 0;
        foreach (LabelPair label in new RawLabelsEnumerator(raw))
        {
            int inner = InnerLength(label);
            length += 1 + LengthOfUvarint(inner) + inner;
        }

        return length == raw.Length;
    }

    private static int InnerLength(LabelPair label) =>
        2 + LengthOfUvarint(label.Name.Length) + label.Name.Length
        + LengthOfUvarint(label.Value.Length) + label.Value.Length;

    private static int LengthOfUvarint(int value)
    {
        int length = 1;
        for (; value >= 0x80; value >>= 7)
        {
            length++;
        }

        return length;
    }

    private static void WriteUvarint(Span<byte> target, ref int position, int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target[position++] = (byte)(value | 0x80);
        }

        target[position++] = (byte)value;
    }

    private static void WriteString(Span<byte> target, ref int position, byte field, ReadOnlySpan<byte> text)
    {
        target[position++] = field;
        WriteBlobString(target, ref position, text);
    }

    private static void WriteBlobString(Span<byte> target, ref int position, ReadOnlySpan<byte> text)
    {
        WriteUvarint(target, ref position, text.Length);
        text.CopyTo(target[position..]);
        position += text.Length;
    }
}
