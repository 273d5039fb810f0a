namespace AmpEdge.Proxy.Usage;

/// <summary>Who reads a metric. The numbers are persisted: one is never given another meaning.</summary>
internal enum ReaderKind : byte
{
    /// <summary>An instant query.</summary>
    Query = 1,

    /// <summary>A range query.</summary>
    QueryRange = 2,

    /// <summary>A query of exemplars.</summary>
    QueryExemplars = 3,

    /// <summary>A selector of <c>series</c>.</summary>
    Series = 4,

    /// <summary>A selector of <c>labels</c> or <c>label/NAME/values</c>.</summary>
    Labels = 5,

    /// <summary>A remote read.</summary>
    RemoteRead = 6,

    /// <summary>A federation.</summary>
    Federate = 7,

    /// <summary>A rule that was fetched or uploaded through the proxy.</summary>
    Rule = 8,

    /// <summary>A rule of a file that the proxy was given.</summary>
    RuleFile = 9,

    /// <summary>A query of a dashboard file that the proxy was given.</summary>
    DashboardFile = 10,
}
