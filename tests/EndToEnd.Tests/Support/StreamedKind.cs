namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>What a series of a <see cref="SeededStream"/> counts or measures.</summary>
public enum StreamedKind
{
    /// <summary>Grows by whole numbers or fractions, and begins anew now and then.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>A count of a classic histogram.</summary>
    Bucket,

    /// <summary>NaN, infinities, negative zero, the smallest and largest numbers, any bits.</summary>
    Odd,

    /// <summary>A native histogram of whole numbers.</summary>
    NativeHistogram,

    /// <summary>A native histogram of fractions.</summary>
    NativeFloatHistogram,
}
