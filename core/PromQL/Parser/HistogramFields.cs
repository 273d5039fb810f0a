using System.Collections.Immutable;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The parts of a histogram description, in whatever order they come.</summary>
internal sealed class HistogramFields
{
    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    public int Schema { get; set; }

    public double Sum { get; set; }

    public double Count { get; set; }

    public double ZeroCount { get; set; }

    public double ZeroThreshold { get; set; }

    public double[] Positive { get; set; } = [];

    public double[] Negative { get; set; } = [];

    public double[] CustomValues { get; set; } = [];

    public int PositiveOffset { get; set; }

    public int NegativeOffset { get; set; }

    public CounterResetHint? Hint { get; set; }

    public FloatHistogram Build() => new()
    {
        CounterResetHint = Hint ?? CounterResetHint.Unknown,
        Schema = Schema,
        Sum = Sum,
        Count = Count,
        ZeroCount = ZeroCount,
        ZeroThreshold = ZeroThreshold,
        PositiveBuckets = [.. Positive],
        PositiveSpans = Spans(PositiveOffset, Positive),
        NegativeBuckets = [.. Negative],
        NegativeSpans = Spans(NegativeOffset, Negative),
        CustomValues = [.. CustomValues],
    };

    private static ImmutableArray<HistogramSpan> Spans(int offset, double[] buckets) =>
        buckets.Length == 0 ? [] : [new HistogramSpan(offset, (uint)buckets.Length)];
}
