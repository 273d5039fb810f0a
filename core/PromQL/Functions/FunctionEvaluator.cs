namespace AmpEdge.PromQL;

/// <summary>
/// Evaluates one call over all steps. Arguments are evaluated on demand through the call; each at most once, because a
/// stream can be read once.
/// </summary>
internal delegate NodeValue FunctionEvaluator(FunctionCall call);
