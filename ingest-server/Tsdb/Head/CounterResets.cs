using AmpEdge.Prometheus;

namespace AmpEdge.Tsdb;

/// <summary>Says what lies between two native histograms that follow each other in a series, as Prometheus's head does.</summary>
internal static class CounterResets
{
    /// <summary>
    /// The hint of the second: a gauge stays one and an announced reset counts; else counts are compared as far as the
    /// two can be, since what a sender says of a going counter may be wrong behind a gap.
    /// </summary>
    public static CounterResetHint Between(Histogram previous, Histogram next)
    {
        if (next.CounterResetHint is CounterResetHint.Gauge or CounterResetHint.Reset)
        {
            return next.CounterResetHint;
        }

        if (next.IsStale || previous.IsStale || next.IsFloat != previous.IsFloat
            || previous.CounterResetHint == CounterResetHint.Gauge)
        {
            return CounterResetHint.Unknown;
        }

        if (Falls(next, previous.Count, next.Count, previous.FloatCount, next.FloatCount))
        {
            return CounterResetHint.Reset;
        }

        if (next.Schema != previous.Schema || next.ZeroThreshold != previous.ZeroThreshold)
        {
            return CounterResetHint.Unknown;
        }

        bool isReset = !next.CustomValues.SequenceEqual(previous.CustomValues)
            || Falls(next, previous.ZeroCount, next.ZeroCount, previous.FloatZeroCount, next.FloatZeroCount)
            || Falls(next.IsFloat, previous.Positive, next.Positive)
            || Falls(next.IsFloat, previous.Negative, next.Negative);
        return isReset ? CounterResetHint.Reset : CounterResetHint.NotReset;
    }

    private static bool Falls(Histogram next, ulong previousCount, ulong count, double previousFloat, double floatCount) =>
        next.IsFloat ? floatCount < previousFloat : count < previousCount;

    /// <summary>Whether any bucket with observations has fewer of them, or is gone.</summary>
    private static bool Falls(bool isFloat, HistogramSide previous, HistogramSide next)
    {
        BucketWalk before = new(previous.Spans);
        BucketWalk after = new(next.Spans);
        bool more = after.MoveNext();
        while (before.MoveNext())
        {
            while (more && after.Index < before.Index)
            {
                more = after.MoveNext();
            }

            bool isThere = more && after.Index == before.Index;
            bool falls = isFloat
                ? (isThere ? next.FloatCounts[after.Position] : 0) < previous.FloatCounts[before.Position]
                : (isThere ? next.Counts[after.Position] : 0) < previous.Counts[before.Position];
            if (falls)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Walks the buckets of a side: where each stands on the scale, and its place among the counts.</summary>
    private ref struct BucketWalk(ReadOnlySpan<HistogramSpan> spans)
    {
        private readonly ReadOnlySpan<HistogramSpan> _spans = spans;
        private int _span = -1;
        private uint _left;

        public long Index { get; private set; } = -1;

        public int Position { get; private set; } = -1;

        public bool MoveNext()
        {
            while (_left == 0)
            {
                _span++;
                if (_span >= _spans.Length)
                {
                    return false;
                }

                Index += _spans[_span].Offset;
                _left = _spans[_span].Length;
            }

            _left--;
            Index++;
            Position++;
            return true;
        }
    }
}
