namespace AmpEdge.Agent.Cost;

/// <summary>Series and samples per second, while they are counted.</summary>
internal class Tally
{
    public long Series { get; private set; }

    public double SamplesPerSecond { get; private set; }

    /// <param name="samplesPerSecond">How often the series gets a sample.</param>
    public void Add(double samplesPerSecond)
    {
        Series++;
        SamplesPerSecond += samplesPerSecond;
    }
}
