namespace AmpEdge.Agent.Budget;

/// <summary>The managed heap at one moment.</summary>
/// <param name="UsedBytes">What is on it, garbage that was not collected yet among it.</param>
/// <param name="LimitBytes">What may be on it.</param>
internal readonly record struct HeapReading(long UsedBytes, long LimitBytes)
{
    public double Share => LimitBytes > 0 ? (double)UsedBytes / LimitBytes : 0;
}
