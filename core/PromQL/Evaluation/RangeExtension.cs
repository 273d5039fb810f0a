namespace AmpEdge.PromQL;

/// <summary>Which samples outside its window a range selector takes in, so that nothing has to be extrapolated.</summary>
internal enum RangeExtension
{
    None,

    /// <summary>The last sample at or before the start of the window, as far back as the lookback reaches.</summary>
    Anchored,

    /// <summary>That sample and the first one at or after the end; values at both ends are interpolated.</summary>
    Smoothed,
}
