namespace AmpEdge.Hosting;

/// <summary>One step of a price that falls with the volume.</summary>
/// <param name="UpToSamples">The monthly samples at which the step ends; infinite for the last.</param>
/// <param name="PricePerMillion">For a million samples within the step.</param>
public readonly record struct PriceTier(double UpToSamples, double PricePerMillion);
