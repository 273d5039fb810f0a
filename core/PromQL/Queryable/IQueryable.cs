namespace AmpEdge.PromQL;

/// <summary>What the engine reads from: a store, or a test's table of series. Thread-safe.</summary>
public interface IQueryable
{
    /// <summary>
    /// A view of the data between two times, both inclusive and in milliseconds since the epoch. One query opens one
    /// view, so all its selectors see the same data.
    /// </summary>
    IQuerier OpenQuerier(long minTimeMs, long maxTimeMs);
}
