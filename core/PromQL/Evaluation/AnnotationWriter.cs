namespace AmpEdge.PromQL;

/// <summary>Writes annotations with the place in the query that they are about, and never one of them twice.</summary>
internal sealed class AnnotationWriter(string query)
{
    public Annotations Annotations { get; } = new();

    /// <param name="position">Where the part of the expression concerned begins.</param>
    /// <param name="text">What is wrong, without prefix and place.</param>
    public void Warn(int position, string text) =>
        Annotations.AddWarning($"PromQL warning: {text} ({SourcePosition.Describe(query, position)})");

    /// <inheritdoc cref="Warn"/>
    public void Inform(int position, string text) =>
        Annotations.AddInfo($"PromQL info: {text} ({SourcePosition.Describe(query, position)})");

    public void WarnInvalidQuantile(int position, double quantile) =>
        Warn(position, $"quantile value should be between 0 and 1, got {GoNumber.General(quantile)}");
}
