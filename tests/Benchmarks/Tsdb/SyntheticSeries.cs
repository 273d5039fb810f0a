using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.Benchmarks.Tsdb;

/// <summary>
/// Series as a Kubernetes node sends them: ten labels, some shared, some unique, and values of which about three in
/// five change from scrape to scrape.
/// </summary>
internal static class SyntheticSeries
{
    public const long StartMs = 1_700_000_000_000;
    public const long StepMs = 15_000;

    /// <summary>How many metric names there are.</summary>
    public const int Metrics = 200;

    public static readonly DatabaseOptions Options = new()
    {
        MaintenanceInterval = TimeSpan.Zero,
        Retention = TimeSpan.FromDays(1),
        FutureTolerance = TimeSpan.MaxValue,
    };

    /// <summary>One metric: one in <see cref="Metrics"/> of all series.</summary>
    public static readonly Matcher[] OneMetric = [new(MatcherType.Equal, "__name__", MetricName(7))];

    /// <summary>An intersection with a longer list, and a subtraction of a long one.</summary>
    public static readonly Matcher[] Intersection =
    [
        .. OneMetric,
        new(MatcherType.Equal, "namespace", "team-3"),
        new(MatcherType.NotEqual, "container", "app-3"),
    ];

    /// <summary>An intersection with what a walk over the 500 values of a label finds, and a subtraction.</summary>
    public static readonly Matcher[] MetricAndRegex =
    [
        .. OneMetric,
        new(MatcherType.Regex, "pod", "service-1.*"),
        new(MatcherType.NotEqual, "container", "app-3"),
    ];

    public static Labels LabelsOf(int index) => Labels.FromStrings(
        "__name__", MetricName(index % Metrics),
        "cluster", "production-eu-west-1",
        "namespace", $"team-{index / 200 % 40}",
        "pod", $"service-{index / 200 % 500}-7d9f8b6c5-{index / 200:x5}",
        "container", $"app-{index / 200 % 7}",
        "instance", $"10.0.{index / 200 % 256}.{index / 200 % 250}:9100",
        "job", "kubernetes-pods",
        "node", $"ip-10-0-{index / 200 % 64}-12.eu-west-1.compute.internal",
        "image", $"registry.example.com/team/service:{index / 200 % 90}",
        "id", $"/kubepods/burstable/pod{index / 200:x8}");

    public static string MetricName(int metric) => $"container_metric_{metric}_total";

    public static byte[] RawOf(Labels labels)
    {
        byte[] raw = new byte[RawLabels.Measure(labels.Blob)];
        RawLabels.Write(labels.Blob, raw);
        return raw;
    }

    public static byte[][] RawForms(int count)
    {
        byte[][] raws = new byte[count][];
        for (int index = 0; index < count; index++)
        {
            raws[index] = RawOf(LabelsOf(index));
        }

        return raws;
    }

    /// <summary>Constant (two in five series), a counter of integers, one of hundredths, or a gauge of pages.</summary>
    public static double Value(int series, int step) => (series % 5) switch
    {
        0 or 1 => series,
        2 => (series * 1000.0) + (step * (3 + (series % 11))),
        3 => Math.Round(((series * 77) + (step * 1.37 * (series % 13))) * 100) / 100,
        _ => 4096.0 * ((series + (step * 7919)) % 1000),
    };

    /// <summary>Sends steps of all series in requests of 2,000 samples, as remote write does.</summary>
    public static void Append(Database database, byte[][] raws, int firstStep, int steps)
    {
        const int RequestSamples = 2000;
        for (int step = firstStep; step < firstStep + steps; step++)
        {
            for (int first = 0; first < raws.Length; first += RequestSamples)
            {
                AppendRequest(database, raws, first, Math.Min(first + RequestSamples, raws.Length), step);
            }
        }
    }

    private static void AppendRequest(Database database, byte[][] raws, int first, int end, int step)
    {
        using Appender appender = database.NewAppender();
        for (int index = first; index < end; index++)
        {
            if (!appender.TryGetSeries(raws[index], out SeriesRef series))
            {
                series = appender.GetOrCreateSeries(raws[index], LabelsOf(index));
            }

            appender.Append(series, StartMs + (step * StepMs), Value(index, step));
        }

        appender.Commit();
    }
}
