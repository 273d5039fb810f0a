namespace AmpEdge.Prometheus;

/// <summary>What is known about a counter reset between a histogram and the one before it in its series.</summary>
public enum CounterResetHint
{
    /// <summary>Nothing: whoever needs to know compares the two.</summary>
    Unknown,

    /// <summary>The counter started anew.</summary>
    Reset,

    /// <summary>The counter went on.</summary>
    NotReset,

    /// <summary>No counter at all: values may fall without a reset.</summary>
    Gauge,
}
