namespace AmpEdge.IngestServer.Ingest;

/// <summary>Why a native histogram is not stored.</summary>
internal sealed record HistogramProblem(DiscardReason Reason, string Text);
