using System.Globalization;

namespace AmpEdge.Wal;

/// <summary>The number of a segment: 1 for a log's first, each next one larger by at least one, never used twice.</summary>
public readonly record struct SegmentIndex(int Value) : IComparable<SegmentIndex>
{
    private const string Extension = ".wal";
    private const int NameDigits = 8;

    public static readonly SegmentIndex First = new(1);

    /// <summary>The segment's file name, such as <c>00000001.wal</c>: names sort as numbers do.</summary>
    public string FileName => Value.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    public SegmentIndex Next => new(Value + 1);

    public static bool operator <(SegmentIndex left, SegmentIndex right) => left.Value < right.Value;

    public static bool operator >(SegmentIndex left, SegmentIndex right) => left.Value > right.Value;

    public static bool operator <=(SegmentIndex left, SegmentIndex right) => left.Value <= right.Value;

    public static bool operator >=(SegmentIndex left, SegmentIndex right) => left.Value >= right.Value;

    /// <summary>False for a name that no segment has.</summary>
    public static bool TryParseFileName(string name, out SegmentIndex index)
    {
        index = default;
        if (name.Length < NameDigits + Extension.Length || !name.EndsWith(Extension, StringComparison.Ordinal)
            || !int.TryParse(
                name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            || value < First.Value)
        {
            return false;
        }

        index = new SegmentIndex(value);
        return true;
    }

    public int CompareTo(SegmentIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
