namespace AmpEdge.PromQL;

/// <summary>
/// What a node of the expression evaluates to over all steps: a <see cref="ScalarColumn"/>, a <see cref="StringConstant"/>
/// or a <see cref="SeriesStream"/>.
/// </summary>
internal abstract class NodeValue;
