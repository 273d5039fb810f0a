namespace AmpEdge.Prometheus;

/// <summary>The words of the text formats, by the names that error texts show.</summary>
internal enum ExpositionToken
{
    Invalid,
    EndOfInput,
    Linebreak,
    Help,
    Type,
    Unit,
    EofWord,
    Text,
    Comment,
    MetricName,
    QuotedString,
    BraceOpen,
    BraceClose,
    LabelName,
    LabelValue,
    Comma,
    Equal,
    Timestamp,
    Value,
}
