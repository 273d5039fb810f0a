namespace AmpEdge.Proxy.Usage;

/// <summary>What a request says about the use of metrics.</summary>
internal enum UsageRequestKind
{
    Nothing,
    Write,
    Query,
    QueryRange,
    QueryExemplars,
    Series,
    Labels,
    RemoteRead,
    Federate,

    /// <summary>Rules are asked for: the answer holds them.</summary>
    FetchRules,

    /// <summary>A namespace of rule groups is uploaded or asked for: base64 of YAML in the body or in the answer.</summary>
    RuleNamespace,
}
