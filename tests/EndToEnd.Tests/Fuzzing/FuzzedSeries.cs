using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>One series of <see cref="FuzzedData"/> and what it has come to.</summary>
/// <param name="kind">How it goes on.</param>
/// <param name="labelBlock">Its labels as they stand in a request.</param>
/// <param name="leastCount">Where a counter begins.</param>
public sealed class FuzzedSeries(FuzzedKind kind, byte[] labelBlock, double leastCount)
{
    private double _value = kind is FuzzedKind.Counter or FuzzedKind.Bucket ? leastCount : 0;

    public FuzzedKind Kind { get; } = kind;

    public byte[] LabelBlock { get; } = labelBlock;

    /// <summary>False while its target is away.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>How quickly a bucket grows.</summary>
    public double Scale { get; set; } = 1;

    public double NextValue(Gen gen)
    {
        _value = Kind switch
        {
            FuzzedKind.Counter => gen.OneIn(100) ? leastCount : _value + (gen.OneIn(3) ? 0 : gen.Int(200) / 4.0),
            FuzzedKind.Bucket => gen.OneIn(200) ? leastCount : _value + gen.Int((int)(5 * Scale)),
            FuzzedKind.Gauge => gen.OneIn(20) ? _value : gen.Int(-200_000, 200_000) / 4.0,
            FuzzedKind.Level => gen.Int(4),
            FuzzedKind.One => 1,
            FuzzedKind.Sparse => gen.Int(10_000) / 4.0,
            _ => gen.Pick(double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0, 1, -1, 3.25, 1_000),
        };
        return _value;
    }
}
