namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>How the values of a series of <see cref="FuzzedData"/> go on.</summary>
public enum FuzzedKind
{
    /// <summary>Grows, and begins anew now and then, far above zero.</summary>
    Counter,

    /// <summary>A count of a classic histogram.</summary>
    Bucket,

    /// <summary>Goes up and down in quarters, hardly ever to the same place.</summary>
    Gauge,

    /// <summary>One of a few whole numbers, so that series are often equal.</summary>
    Level,

    /// <summary>Always 1.</summary>
    One,

    /// <summary>A sample every four and a half minutes, just within the lookback.</summary>
    Sparse,

    /// <summary>NaN, infinities, zeros of both signs and a few numbers.</summary>
    Odd,
}
