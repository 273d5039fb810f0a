namespace AmpEdge.Prometheus;

/// <summary>
/// A forward-only cursor over a page of metrics. Everything it yields is a slice of <see cref="Page"/> or a number,
/// valid until the next call of <see cref="Next"/>. The first error is final.
/// </summary>
public interface IExpositionParser
{
    /// <summary>The page that slots and slices refer to: the one given, or a copy with a final line break.</summary>
    ReadOnlySpan<byte> Page { get; }

    /// <summary>Offset of the first byte after the entry.</summary>
    int Position { get; }

    /// <summary>Name of the metric (series) or family (help, type, unit): no quotes, escapes as written.</summary>
    ReadOnlySpan<byte> Name { get; }

    /// <summary>A series' name and labels as written: what tells it from every other line.</summary>
    ReadOnlySpan<byte> SeriesText { get; }

    /// <summary>Help text, unit or comment, escapes as written.</summary>
    ReadOnlySpan<byte> Text { get; }

    /// <summary>The type that the last type line gave; decides how <c>le</c> and <c>quantile</c> are written.</summary>
    MetricType FamilyType { get; }

    /// <summary>The labels of the series, without its name.</summary>
    LabelSlots Labels { get; }

    double Value { get; }

    bool HasTimestamp { get; }

    long TimestampMs { get; }

    bool HasExemplar { get; }

    /// <summary>The labels of the line's exemplar, when it has one.</summary>
    LabelSlots ExemplarLabels { get; }

    double ExemplarValue { get; }

    bool HasExemplarTimestamp { get; }

    long ExemplarTimestampMs { get; }

    /// <summary>Set when <see cref="Next"/> returned <see cref="ExpositionEntry.Error"/>.</summary>
    ExpositionError? Error { get; }

    ExpositionEntry Next();
}
