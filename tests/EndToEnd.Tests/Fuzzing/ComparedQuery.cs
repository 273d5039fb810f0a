namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>What came of a query to both servers.</summary>
/// <param name="Theirs">The answer of Prometheus.</param>
/// <param name="Difference">What differs for no known reason, or null.</param>
/// <param name="Known">The known reason of a difference, or null.</param>
public readonly record struct ComparedQuery(QueryAnswer Theirs, string? Difference, VersionDifference? Known);
