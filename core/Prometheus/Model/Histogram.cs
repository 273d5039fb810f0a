using System.Runtime.InteropServices;

namespace AmpEdge.Prometheus;

/// <summary>
/// A native histogram on its way from a page to the buffer, with counts as integers or as floats. One object is filled
/// again and again. Buckets are those of <see cref="FloatHistogram"/>, the form that is computed with.
/// </summary>
public sealed class Histogram
{
    /// <summary>Bounds of the schemas whose buckets grow by powers of two; wider ones are told by <see cref="FloatHistogram.CustomBucketsSchema"/>.</summary>
    public const int MinSchema = -4;

    public const int MaxSchema = 8;

    /// <summary>Finer ones than <see cref="MaxSchema"/> are set aside for others; their buckets mean the same.</summary>
    public const int MaxReservedSchema = 52;

    private readonly List<double> _customValues = [];

    public CounterResetHint CounterResetHint { get; set; }

    /// <summary>From <see cref="MinSchema"/> to <see cref="MaxSchema"/>, or <see cref="FloatHistogram.CustomBucketsSchema"/>.</summary>
    public int Schema { get; set; }

    public double ZeroThreshold { get; set; }

    public double Sum { get; set; }

    /// <summary>True when counts are floats: then <see cref="FloatCount"/> and <see cref="FloatZeroCount"/> count.</summary>
    public bool IsFloat { get; set; }

    public ulong Count { get; set; }

    public ulong ZeroCount { get; set; }

    public double FloatCount { get; set; }

    public double FloatZeroCount { get; set; }

    public HistogramSide Positive { get; } = new();

    public HistogramSide Negative { get; } = new();

    /// <summary>The upper boundaries of custom buckets, ascending, without +Inf.</summary>
    public ReadOnlySpan<double> CustomValues => CollectionsMarshal.AsSpan(_customValues);

    public bool HasCustomBuckets => Schema == FloatHistogram.CustomBucketsSchema;

    public int BucketCount => Positive.BucketCount + Negative.BucketCount;

    /// <summary>True for the histogram that marks the end of its series; only its sum counts.</summary>
    public bool IsStale => StaleMarker.IsStale(Sum);

    public void Clear()
    {
        CounterResetHint = CounterResetHint.Unknown;
        Schema = 0;
        ZeroThreshold = 0;
        Sum = 0;
        IsFloat = false;
        Count = 0;
        ZeroCount = 0;
        FloatCount = 0;
        FloatZeroCount = 0;
        Positive.Clear();
        Negative.Clear();
        _customValues.Clear();
    }

    public void AddCustomValue(double bound) => _customValues.Add(bound);

    /// <summary>The form that is computed with.</summary>
    public FloatHistogram ToFloat() => new()
    {
        CounterResetHint = CounterResetHint,
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        ZeroCount = IsFloat ? FloatZeroCount : ZeroCount,
        Count = IsFloat ? FloatCount : Count,
        Sum = Sum,
        PositiveSpans = [.. Positive.Spans],
        NegativeSpans = [.. Negative.Spans],
        PositiveBuckets = ImmutableCollectionsMarshal.AsImmutableArray(Positive.ToFloatCounts()),
        NegativeBuckets = ImmutableCollectionsMarshal.AsImmutableArray(Negative.ToFloatCounts()),
        CustomValues = [.. CustomValues],
    };

    /// <summary>A histogram of its own with the same content.</summary>
    public Histogram Copy()
    {
        Histogram copy = new()
        {
            CounterResetHint = CounterResetHint,
            Schema = Schema,
            ZeroThreshold = ZeroThreshold,
            Sum = Sum,
            IsFloat = IsFloat,
            Count = Count,
            ZeroCount = ZeroCount,
            FloatCount = FloatCount,
            FloatZeroCount = FloatZeroCount,
        };
        copy._customValues.AddRange(_customValues);
        copy.Positive.AddFrom(Positive);
        copy.Negative.AddFrom(Negative);
        return copy;
    }

    /// <summary>Why this is no histogram that counting can give, or null.</summary>
    public string? FindProblem() => HistogramProblem.Find(this);

    /// <summary>Lowers the resolution to a schema below the present one; custom buckets have none to lower.</summary>
    public void ReduceResolution(int schema)
    {
        Invariant.Require(!HasCustomBuckets && schema < Schema, "a resolution can only be lowered");
        int shift = Math.Min(Schema - schema, 31);
        Positive.Merge(shift);
        Negative.Merge(shift);
        Schema = schema;
    }
}
