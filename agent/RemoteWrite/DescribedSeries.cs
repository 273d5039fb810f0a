using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>A series that a segment describes.</summary>
/// <param name="Ruling">What the destination's rules make of it.</param>
/// <param name="Sent">The series to send, as the table numbers it; nothing when it is dropped.</param>
/// <param name="Hash">Of the scraped labels, so that it is the same after a restart and whatever the rules say.</param>
/// <param name="LabelsLength">The length of the label blob in the segment.</param>
internal readonly record struct DescribedSeries(WriteRuling Ruling, SeriesRef Sent, ulong Hash, int LabelsLength);
