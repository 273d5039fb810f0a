using System.Globalization;

namespace AmpEdge.Benchmarks.Ingest;

/// <param name="Name">As it is given.</param>
/// <param name="Series">Active series.</param>
/// <param name="Steps">Samples of each that are encoded before the run; their bodies are held in memory.</param>
internal sealed record IngestSize(string Name, int Series, int Steps)
{
    public static IReadOnlyList<IngestSize> All { get; } =
    [
        new("10k", 10_000, 100),
        new("100k", 100_000, 60),
        new("1m", 1_000_000, 8),
    ];

    public static IngestSize Find(string name)
    {
        foreach (IngestSize size in All)
        {
            if (size.Name == name)
            {
                return size;
            }
        }

        throw new ArgumentException($"size '{name}' is not known, allowed: 10k, 100k, 1m");
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}: {Series} series, at most {Steps} samples of each");
}
