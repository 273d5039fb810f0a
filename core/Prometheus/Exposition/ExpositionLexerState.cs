namespace AmpEdge.Prometheus;

/// <summary>Where in a line a lexer stands; it decides which words may come next.</summary>
internal enum ExpositionLexerState
{
    LineStart,
    FamilyName,
    MetadataText,
    Labels,
    LabelValue,
    Value,
    Timestamp,
    ExemplarLabels,
    ExemplarLabelValue,
    ExemplarValue,
    ExemplarTimestamp,
}
