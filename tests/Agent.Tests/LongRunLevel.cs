namespace AmpEdge.Agent.Tests;

/// <summary>What an agent holds at one time.</summary>
/// <param name="Series">Series that are referred to.</param>
/// <param name="SeriesRefs">How many numbers of series were ever needed at once.</param>
/// <param name="LabelBytes">Memory of the series table.</param>
/// <param name="Segments">Segments of the buffer.</param>
/// <param name="MetricLines">Lines of its own metrics.</param>
/// <param name="Families">Families that metadata is kept of.</param>
/// <param name="HeapBytes">What the collector finds alive.</param>
internal sealed record LongRunLevel(
    int Series, int SeriesRefs, long LabelBytes, int Segments, int MetricLines, int Families, long HeapBytes);
