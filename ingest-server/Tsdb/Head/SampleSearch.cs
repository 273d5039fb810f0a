namespace AmpEdge.Tsdb;

/// <summary>
/// Looks for a sample of a series at one time, for the writer of that series: an out-of-order sample may be there
/// already, in order or not.
/// </summary>
internal static class SampleSearch
{
    /// <summary>
    /// Appended when the series has no sample at the time; else whether it has the same one. An empty body stands for
    /// the float.
    /// </summary>
    public static AppendOutcome Compare(
        SeriesChunks chunks, in SeriesEntry entry, long timestampMs, double value, ReadOnlySpan<byte> body)
    {
        AppendOutcome outcome = CompareClosed(chunks, entry.FirstChunk, entry.LastChunk, timestampMs, value, body);
        if (outcome == AppendOutcome.Appended && !entry.OpenBlock.IsNone
            && entry.OpenMinTimeMs <= timestampMs && timestampMs <= entry.Open.TimestampMs)
        {
            bool isXor = entry.LastForm == ChunkForm.Xor;
            ReadOnlySpan<byte> bytes = chunks.OpenBytes(
                entry.OpenBlock, isXor ? entry.Open.ByteLength : chunks.Side(entry.Side).OpenBytes);
            outcome = Compare(bytes, entry.LastForm, entry.Open.Samples, timestampMs, value, body);
        }

        if (outcome != AppendOutcome.Appended || entry.Side == 0)
        {
            return outcome;
        }

        ref readonly SideEntry side = ref chunks.Side(entry.Side);
        outcome = CompareClosed(chunks, side.LateFirst, side.LateLast, timestampMs, value, body);
        bool mayBeOpen = outcome == AppendOutcome.Appended && !side.LateBlock.IsNone
            && side.LateOpenMinTimeMs <= timestampMs && timestampMs <= side.LateOpenMaxTimeMs;
        return mayBeOpen
            ? Compare(chunks.OpenBytes(side.LateBlock, side.LateBytes), ChunkForm.Log, side.LateSamples, timestampMs, value, body)
            : outcome;
    }

    private static AppendOutcome CompareClosed(
        SeriesChunks chunks, uint first, uint last, long timestampMs, double value, ReadOnlySpan<byte> body)
    {
        for (uint chunk = first; chunk != 0;)
        {
            ref readonly ClosedChunk closed = ref chunks.Closed(chunk);
            if (closed.MinTimeMs <= timestampMs && timestampMs <= closed.MaxTimeMs)
            {
                AppendOutcome outcome = Compare(
                    chunks.ClosedBytes(in closed), closed.Form, closed.Samples, timestampMs, value, body);
                if (outcome != AppendOutcome.Appended)
                {
                    return outcome;
                }
            }

            chunk = chunk == last ? 0 : closed.Next;
        }

        return AppendOutcome.Appended;
    }

    private static AppendOutcome Compare(
        ReadOnlySpan<byte> bytes, ChunkForm form, int samples, long timestampMs, double value, ReadOnlySpan<byte> body)
    {
        if (form == ChunkForm.Xor)
        {
            XorDecoder decoder = new(bytes, samples);
            while (decoder.MoveNext())
            {
                if (decoder.TimestampMs == timestampMs)
                {
                    return body.IsEmpty && AreSame(decoder.Value, value)
                        ? AppendOutcome.DuplicateSample
                        : AppendOutcome.DuplicateTimestamp;
                }
            }

            Invariant.Require(!decoder.Corrupt, "a chunk of the head cannot be decoded");
            return AppendOutcome.Appended;
        }

        SampleLogReader log = new(bytes, samples);
        while (log.MoveNext())
        {
            if (log.TimestampMs == timestampMs)
            {
                bool isSame = log.IsHistogram
                    ? !body.IsEmpty && HistogramBody.AreSame(log.Body, body)
                    : body.IsEmpty && AreSame(log.Value, value);
                return isSame ? AppendOutcome.DuplicateSample : AppendOutcome.DuplicateTimestamp;
            }
        }

        Invariant.Require(!log.Corrupt, "a sample log of the head cannot be read");
        return AppendOutcome.Appended;
    }

    private static bool AreSame(double left, double right) =>
        BitConverter.DoubleToUInt64Bits(left) == BitConverter.DoubleToUInt64Bits(right);
}
