namespace AmpEdge.Prometheus;

/// <summary>An exemplar of an <see cref="ExemplarList"/>, which holds the blob of its labels.</summary>
public readonly record struct ListedExemplar(
    int LabelsStart, int LabelsLength, double Value, bool HasTimestamp, long TimestampMs);
