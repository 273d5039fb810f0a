namespace AmpEdge.Prometheus;

/// <summary>What of a family comes next.</summary>
internal enum ProtobufFamilyStep
{
    Done,
    Help,
    Type,
    Unit,
    Metrics,
}
