namespace AmpEdge.Agent.Cost;

/// <summary>How many samples a destination has taken since it began.</summary>
internal readonly record struct SentSamples(string Destination, long Samples);
