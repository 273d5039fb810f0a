namespace AmpEdge.Prometheus;

/// <summary>
/// A forward-only cursor over a page of metrics. Everything it yields is a slice of <see cref="ISeriesText.Page"/> or a
/// number, valid until the next call of <see cref="Next"/>. The first error is final. For help, type and unit
/// <see cref="ISeriesText.Name"/> is that of the family.
/// </summary>
public interface IExpositionParser : ISeriesText
{
    /// <summary>Offset, in the page as it came, of the first byte after the entry.</summary>
    int Position { get; }

    /// <summary>Help text, unit or comment, escapes as written.</summary>
    ReadOnlySpan<byte> Text { get; }

    double Value { get; }

    bool HasTimestamp { get; }

    long TimestampMs { get; }

    /// <summary>When the series began to count, in milliseconds since 1970, where the entry itself says so; else 0.</summary>
    long StartTimestampMs { get; }

    /// <summary>The labels of the exemplar that <see cref="NextExemplar"/> moved to.</summary>
    LabelSlots ExemplarLabels { get; }

    double ExemplarValue { get; }

    bool HasExemplarTimestamp { get; }

    long ExemplarTimestampMs { get; }

    /// <summary>Set when <see cref="Next"/> returned <see cref="ExpositionEntry.Error"/>.</summary>
    ExpositionError? Error { get; }

    ExpositionEntry Next();

    /// <summary>Moves to the next exemplar of the series or histogram; false when there is no more.</summary>
    bool NextExemplar();
}
