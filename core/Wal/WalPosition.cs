namespace AmpEdge.Wal;

/// <summary>A place between two records: a segment and a byte offset in it.</summary>
public readonly record struct WalPosition(SegmentIndex Segment, long Offset) : IComparable<WalPosition>
{
    public static bool operator <(WalPosition left, WalPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(WalPosition left, WalPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(WalPosition left, WalPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(WalPosition left, WalPosition right) => left.CompareTo(right) >= 0;

    public int CompareTo(WalPosition other)
    {
        int bySegment = Segment.CompareTo(other.Segment);
        return bySegment != 0 ? bySegment : Offset.CompareTo(other.Offset);
    }

    public override string ToString() => $"{Segment}:{Offset}";
}
