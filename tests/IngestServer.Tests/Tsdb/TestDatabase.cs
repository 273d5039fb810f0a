using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>A database on a disk in memory, and the few calls that tests make over and over.</summary>
internal sealed class TestDatabase : IDisposable
{
    public const string Folder = "/data";

    /// <summary>A clock at which the times used in tests are neither too old nor in the future.</summary>
    public const long StartMs = 1_700_000_000_000;

    public static readonly DatabaseOptions Options = new()
    {
        MaintenanceInterval = TimeSpan.Zero,
        OldestAcceptedAge = TimeSpan.MaxValue,
        FutureTolerance = TimeSpan.MaxValue,
        Retention = TimeSpan.FromDays(1),
    };

    private bool _killed;

    /// <param name="files">The disk; a new one when null.</param>
    /// <param name="options">How it is set up.</param>
    /// <param name="time">The clock; one that stands still when null.</param>
    /// <param name="seed">Another one for each life on a disk whose power is cut: names of blocks follow from it, and old ones may come back.</param>
    public TestDatabase(FaultyFileSystem? files = null, DatabaseOptions? options = null, ManualTime? time = null, ulong seed = 1)
    {
        Files = files ?? new FaultyFileSystem();
        Time = time ?? new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
        Database = Database.Open(Folder, options ?? Options, Files, Time, hashSeed: seed);
    }

    public FaultyFileSystem Files { get; }

    public ManualTime Time { get; }

    public Database Database { get; }

    public static byte[] Raw(Labels labels)
    {
        byte[] raw = new byte[RawLabels.Measure(labels.Blob)];
        RawLabels.Write(labels.Blob, raw);
        return raw;
    }

    /// <summary>The series of a label set, as a request finds or makes it.</summary>
    public static SeriesRef Series(Appender appender, Labels labels)
    {
        byte[] raw = Raw(labels);
        return appender.TryGetSeries(raw, out SeriesRef series) ? series : appender.GetOrCreateSeries(raw, labels);
    }

    /// <summary>Adds a sample of any kind to a request.</summary>
    public static AppendOutcome Append(Appender appender, TestSample sample) => sample.Histogram is { } histogram
        ? appender.Append(Series(appender, sample.Labels), sample.TimestampMs, histogram)
        : appender.Append(Series(appender, sample.Labels), sample.TimestampMs, sample.Value);

    /// <summary>One request with one sample.</summary>
    public AppendOutcome Append(Labels labels, long timestampMs, double value)
    {
        using Appender appender = Database.NewAppender();
        AppendOutcome outcome = appender.Append(Series(appender, labels), timestampMs, value);
        appender.Commit();
        return outcome;
    }

    /// <summary>Everything a new query sees, as text: one line per series, sorted.</summary>
    public string Dump() => Dump([], long.MinValue, long.MaxValue);

    public string Dump(IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs)
    {
        using DatabaseQuerier querier = Database.NewQuerier();
        return Dump(querier, matchers, minTimeMs, maxTimeMs);
    }

    public static string Dump(DatabaseQuerier querier, IReadOnlyList<Matcher> matchers, long minTimeMs, long maxTimeMs)
    {
        List<string> lines = [];
        SampleColumns samples = new();
        List<Labels> labels = [];
        SelectedSeries series = querier.Select(matchers, minTimeMs, maxTimeMs);
        HeldSeries held = series.NewHold();
        while (series.MoveNext())
        {
            samples.Clear();
            series.Decode(ref samples);
            lines.Add(Line(series.Labels, samples));
            labels.Add(series.Labels);
            series.Hold(held);
        }

        // What was held is the same when the walk is over.
        for (int index = 0; index < held.Count; index++)
        {
            samples.Clear();
            held.Decode(index, ref samples);
            Assert.Equal(lines[index], Line(labels[index], samples));
        }

        lines.Sort(string.CompareOrdinal);
        return string.Join('\n', lines);
    }

    /// <summary>A series in a dump, from the texts of its samples.</summary>
    public static string Line(Labels labels, IReadOnlyList<string> samples) => $"{labels} {string.Join(' ', samples)}";

    public static string Line(Labels labels, ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        List<string> samples = [];
        for (int index = 0; index < timestamps.Length; index++)
        {
            samples.Add(TestSample.Describe(timestamps[index], values[index]));
        }

        return Line(labels, samples);
    }

    private static string Line(Labels labels, SampleColumns samples)
    {
        List<string> texts = [];
        for (int index = 0; index < samples.Count; index++)
        {
            texts.Add(samples.HistogramAt(index) is { } histogram
                ? TestSample.Describe(samples.Timestamps[index], histogram)
                : TestSample.Describe(samples.Timestamps[index], samples.Values[index]));
        }

        return Line(labels, texts);
    }

    /// <summary>The process dies: nothing of the database runs any more, its files stay as they are.</summary>
    public void Kill()
    {
        _killed = true;
        Files.Kill();
    }

    /// <summary>The power goes: what was not synced may be lost.</summary>
    public void CutPower(Gen gen)
    {
        _killed = true;
        Files.CutPower(gen);
    }

    public void Dispose()
    {
        if (!_killed)
        {
            Database.Dispose();
        }
    }
}
