namespace AmpEdge.IngestServer.Rules;

/// <summary>Takes the samples that rules give.</summary>
internal interface IRuleSink
{
    void Append(in RuleSample sample);
}
