namespace AmpEdge.Agent.Cost;

/// <summary>How much of a quota of the workspace behind a destination this agent uses.</summary>
/// <param name="Destination">The destination's name.</param>
/// <param name="Quota"><c>active_series</c> or <c>samples_per_second</c>.</param>
/// <param name="Used">What this agent uses.</param>
/// <param name="Limit">What the workspace takes from all its senders.</param>
internal sealed record QuotaReading(string Destination, string Quota, double Used, double Limit)
{
    public double Ratio => Used / Limit;
}
