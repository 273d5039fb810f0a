namespace AmpEdge.PromQL;

/// <summary>Writes annotations with the place in the query that they are about, and never one of them twice.</summary>
internal sealed class AnnotationWriter(string query)
{
    private readonly Annotations _annotations = new();
    private readonly Dictionary<(string Text, int Position), MonotonyNote> _forced = [];

    /// <summary>All that was written, once the query is evaluated.</summary>
    public Annotations Finish()
    {
        foreach (MonotonyNote note in _forced.Values)
        {
            Inform(note.Position, note.Describe());
        }

        _forced.Clear();
        return _annotations;
    }

    /// <summary>Notes that a classic histogram was fixed at a step; at the end there is one info for each text and place.</summary>
    public void InformForced(int position, string text, ForcedMonotony forced, long timeMs)
    {
        if (!_forced.TryGetValue((text, position), out MonotonyNote? note))
        {
            _forced[(text, position)] = note = new MonotonyNote(text, position);
        }

        note.Add(forced, timeMs);
    }

    /// <param name="position">Where the part of the expression concerned begins.</param>
    /// <param name="text">What is wrong, without prefix and place.</param>
    public void Warn(int position, string text) =>
        _annotations.AddWarning($"PromQL warning: {text} ({SourcePosition.Describe(query, position)})");

    /// <inheritdoc cref="Warn"/>
    public void Inform(int position, string text) =>
        _annotations.AddInfo($"PromQL info: {text} ({SourcePosition.Describe(query, position)})");

    public void WarnInvalidQuantile(int position, double quantile) =>
        Warn(position, $"quantile value should be between 0 and 1, got {GoNumber.General(quantile)}");
}
