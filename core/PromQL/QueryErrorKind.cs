namespace AmpEdge.PromQL;

/// <summary>Why a query failed, in the classes that Prometheus's API tells apart.</summary>
public enum QueryErrorKind
{
    /// <summary>The expression or a parameter cannot be understood (<c>bad_data</c>).</summary>
    BadData,

    /// <summary>The evaluation failed: matching, limits, values (<c>execution</c>).</summary>
    Execution,

    /// <summary>The query took longer than its time-out (<c>timeout</c>).</summary>
    Timeout,

    /// <summary>The caller went away or gave up (<c>canceled</c>).</summary>
    Canceled,

    /// <summary>The data could not be read (<c>internal</c>).</summary>
    Internal,
}
