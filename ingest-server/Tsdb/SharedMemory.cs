namespace AmpEdge.Tsdb;

/// <summary>Memory that the databases of a process share: their heads, and the pages of their blocks.</summary>
/// <param name="headBytes">What all heads may take together.</param>
/// <param name="cacheBytes">What the pages of all blocks may take.</param>
/// <param name="time">Tells how long a database's pages have not been used.</param>
public sealed class SharedMemory(long headBytes, long cacheBytes, TimeProvider time)
{
    public HeadBudget Heads { get; } = new(headBytes);

    public PageCache Pages { get; } = new(cacheBytes, time);
}
