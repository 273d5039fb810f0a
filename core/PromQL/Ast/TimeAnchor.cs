namespace AmpEdge.PromQL;

/// <summary>What <c>@ start()</c> and <c>@ end()</c> refer to.</summary>
public enum TimeAnchor
{
    None,

    /// <summary>The start of the range query, or the time of the instant query.</summary>
    Start,

    /// <summary>The end of the range query, or the time of the instant query.</summary>
    End,
}
