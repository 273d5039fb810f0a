using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>
/// The place of one sample in the buffer: where its record begins and its number in the record. As a delivery position it
/// says that every sample before it is dealt with.
/// </summary>
internal readonly record struct SamplePosition(int Segment, long RecordOffset, int Ordinal) : IComparable<SamplePosition>
{
    public WalPosition Record => new(new SegmentIndex(Segment), RecordOffset);

    public static bool operator <(SamplePosition left, SamplePosition right) => left.CompareTo(right) < 0;

    public static bool operator >(SamplePosition left, SamplePosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(SamplePosition left, SamplePosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SamplePosition left, SamplePosition right) => left.CompareTo(right) >= 0;

    public static SamplePosition At(WalPosition record, int ordinal = 0) =>
        new(record.Segment.Value, record.Offset, ordinal);

    public int CompareTo(SamplePosition other)
    {
        int bySegment = Segment.CompareTo(other.Segment);
        if (bySegment != 0)
        {
            return bySegment;
        }

        int byRecord = RecordOffset.CompareTo(other.RecordOffset);
        return byRecord != 0 ? byRecord : Ordinal.CompareTo(other.Ordinal);
    }

    public override string ToString() => $"{Segment}:{RecordOffset}:{Ordinal}";
}
