using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.RuleTests;

/// <summary>An alert by its labels and annotations.</summary>
internal sealed record ExpectedAlert(Labels Labels, Labels Annotations);
