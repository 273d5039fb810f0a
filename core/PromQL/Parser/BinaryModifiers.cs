namespace AmpEdge.PromQL;

/// <summary>What stands between a binary operator and its right side.</summary>
internal readonly record struct BinaryModifiers(bool ReturnBool, VectorMatching Matching);
