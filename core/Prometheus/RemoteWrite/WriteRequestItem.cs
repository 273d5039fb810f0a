namespace AmpEdge.Prometheus;

/// <summary>What a write request's cursor stands on.</summary>
public enum WriteRequestItem
{
    /// <summary>The message ended where it should.</summary>
    End,

    /// <summary>One series with its samples.</summary>
    TimeSeries,

    /// <summary>Type, help and unit of one metric family.</summary>
    Metadata,

    /// <summary>The bytes are not the message; the cursor does not move any more.</summary>
    Malformed,
}
