using System.Text;

namespace AmpEdge.Prometheus;

// The blob of a label set: its labels in byte order of their names, each
//
//   +---------------------+------+----------------------+-------+
//   | name length uvarint | name | value length uvarint | value |
//   +---------------------+------+----------------------+-------+
//
// No label twice, no empty name, no empty value (an empty value means the label is absent). Equal sets have equal
// bytes, so equality is one SequenceEqual and a set can be copied, stored and hashed without looking inside.

/// <summary>An immutable label set: one sorted UTF-8 blob and its 64-bit hash.</summary>
public sealed class Labels : IEquatable<Labels>, IComparable<Labels>
{
    private readonly byte[] _blob;

    private Labels(byte[] blob)
    {
        _blob = blob;
        Hash = XxHash64.Hash(blob);
    }

    public static Labels Empty { get; } = new([]);

    /// <summary>The blob in the layout drawn above; the same bytes for equal sets.</summary>
    public ReadOnlySpan<byte> Blob => _blob;

    /// <summary>The blob as memory, for those that keep it beyond a call.</summary>
    public ReadOnlyMemory<byte> BlobMemory => _blob;

    /// <summary>xxHash64 of the blob, computed once.</summary>
    public ulong Hash { get; }

    public bool IsEmpty => _blob.Length == 0;

    /// <summary>The number of labels; walks the blob.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (LabelPair _ in this)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>The value of <c>__name__</c>, or the empty string.</summary>
    public string MetricName => GetString(LabelNames.MetricName);

    public static bool operator ==(Labels? left, Labels? right) => Equals(left, right);

    public static bool operator !=(Labels? left, Labels? right) => !Equals(left, right);

    public static bool operator <(Labels left, Labels right) => left.CompareTo(right) < 0;

    public static bool operator >(Labels left, Labels right) => left.CompareTo(right) > 0;

    public static bool operator <=(Labels left, Labels right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Labels left, Labels right) => left.CompareTo(right) >= 0;

    /// <summary>A set from names and values in turn, in any order; a later one of the same name wins.</summary>
    public static Labels FromStrings(params ReadOnlySpan<string> namesAndValues)
    {
        if ((namesAndValues.Length & 1) != 0)
        {
            throw new ArgumentException("names and values come in pairs", nameof(namesAndValues));
        }

        LabelsBuilder builder = new();
        for (int index = 0; index < namesAndValues.Length; index += 2)
        {
            builder.Set(namesAndValues[index], namesAndValues[index + 1]);
        }

        return builder.Build();
    }

    /// <summary>A set from a copy of blob bytes, which must be sorted and free of doubles and empty values.</summary>
    public static Labels FromBlob(ReadOnlySpan<byte> sortedBlob) =>
        sortedBlob.IsEmpty ? Empty : new(sortedBlob.ToArray());

    /// <summary>A set over the given array, which the caller gives up; same conditions as <see cref="FromBlob"/>.</summary>
    internal static Labels FromOwnedBlob(byte[] sortedBlob) => sortedBlob.Length == 0 ? Empty : new(sortedBlob);

    public LabelsEnumerator GetEnumerator() => new(_blob);

    /// <summary>Finds a label by name. The value is a slice of this set's blob.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => TryGet(_blob, name, out value);

    /// <summary>Finds a label by name in blob bytes that lie elsewhere.</summary>
    public static bool TryGet(ReadOnlySpan<byte> blob, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (LabelPair label in new LabelsEnumerator(blob))
        {
            if (label.Name.SequenceEqual(name))
            {
                value = label.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The value of a label, or an empty span when the set has no such label.</summary>
    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> name) =>
        TryGet(name, out ReadOnlySpan<byte> value) ? value : default;

    public bool Has(ReadOnlySpan<byte> name) => TryGet(name, out _);

    /// <summary>The value of a label as a string, or the empty string when the set has no such label.</summary>
    public string GetString(string name)
    {
        foreach (LabelPair label in this)
        {
            if (Utf8Equals(label.Name, name))
            {
                return Encoding.UTF8.GetString(label.Value);
            }
        }

        return "";
    }

    public bool Equals(Labels? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Hash == other.Hash && _blob.AsSpan().SequenceEqual(other._blob));

    public override bool Equals(object? obj) => Equals(obj as Labels);

    public override int GetHashCode() => (int)Hash ^ (int)(Hash >> 32);

    /// <summary>
    /// Prometheus's order: by the first label that differs, its name before its value; a set that is the beginning of
    /// another comes first.
    /// </summary>
    public int CompareTo(Labels? other) => other is null ? 1 : Compare(_blob, other._blob);

    /// <summary>The order of <see cref="CompareTo"/>, over blob bytes.</summary>
    public static int Compare(ReadOnlySpan<byte> leftBlob, ReadOnlySpan<byte> rightBlob)
    {
        LabelsEnumerator left = new(leftBlob);
        LabelsEnumerator right = new(rightBlob);
        while (true)
        {
            bool hasLeft = left.MoveNext();
            bool hasRight = right.MoveNext();
            if (!hasLeft || !hasRight)
            {
                return hasLeft.CompareTo(hasRight);
            }

            int order = left.Current.Name.SequenceCompareTo(right.Current.Name);
            order = order != 0 ? order : left.Current.Value.SequenceCompareTo(right.Current.Value);
            if (order != 0)
            {
                return order;
            }
        }
    }

    /// <summary>The set as Prometheus writes it: <c>name{a="b"}</c>, odd names in quotes.</summary>
    public override string ToString() => LabelsFormatter.Format(this);

    private static bool Utf8Equals(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length < text.Length)
        {
            return false;
        }

        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] >= 0x80)
            {
                return Encoding.UTF8.GetString(utf8) == text;
            }

            if (utf8[index] != text[index])
            {
                return false;
            }
        }

        return utf8.Length == text.Length;
    }
}
