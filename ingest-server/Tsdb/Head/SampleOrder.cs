namespace AmpEdge.Tsdb;

/// <summary>What a sample is to the last one of its series.</summary>
internal static class SampleOrder
{
    /// <summary>
    /// Appended for a later one, <see cref="AppendOutcome.OutOfOrder"/> for an earlier one, which the out-of-order window
    /// may still let in; else which kind of double it is. Values are compared by their bits: staleness markers and other
    /// NaNs are values like any other.
    /// </summary>
    public static AppendOutcome Check(long lastTimestampMs, double lastValue, long timestampMs, double value)
    {
        if (timestampMs > lastTimestampMs)
        {
            return AppendOutcome.Appended;
        }

        if (timestampMs < lastTimestampMs)
        {
            return AppendOutcome.OutOfOrder;
        }

        return BitConverter.DoubleToUInt64Bits(value) == BitConverter.DoubleToUInt64Bits(lastValue)
            ? AppendOutcome.DuplicateSample
            : AppendOutcome.DuplicateTimestamp;
    }
}
