namespace AmpEdge.Benchmarks.Queries;

/// <summary>What a query cost one server.</summary>
/// <param name="ColdMs">The first time after a start.</param>
/// <param name="WarmMs">The median of the times after that.</param>
/// <param name="CpuMs">CPU time of the server, in the mean.</param>
/// <param name="AllocatedBytes">On the managed heap, in the mean; 0 where a server does not say.</param>
/// <param name="Entries">How many series, values or names the answer has.</param>
internal readonly record struct QueryFigures(double ColdMs, double WarmMs, double CpuMs, double AllocatedBytes, int Entries);
