namespace AmpEdge.IngestServer.Tests.Tsdb.Chunks;

/// <summary>Compares samples by the bits of their values.</summary>
internal static class SampleLists
{
    public static bool SequenceEqualBits(
        this List<(long TimestampMs, double Value)> left, List<(long TimestampMs, double Value)> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int index = 0; index < left.Count; index++)
        {
            if (left[index].TimestampMs != right[index].TimestampMs
                || BitConverter.DoubleToUInt64Bits(left[index].Value) != BitConverter.DoubleToUInt64Bits(right[index].Value))
            {
                return false;
            }
        }

        return true;
    }
}
