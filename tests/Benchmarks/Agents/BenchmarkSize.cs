namespace AmpEdge.Benchmarks.Agents;

internal sealed record BenchmarkSize(string Name, int Targets, int SeriesPerTarget, TimeSpan Interval)
{
    public static IReadOnlyList<BenchmarkSize> All { get; } =
    [
        new("small", 20, 500, TimeSpan.FromSeconds(5)),
        new("medium", 100, 1_000, TimeSpan.FromSeconds(10)),
        new("large", 200, 2_500, TimeSpan.FromSeconds(10)),
    ];

    public override string ToString() => Name;
}
