using System.Globalization;
using System.Linq;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>An entry of a page with its slices copied out, so that tests can compare it.</summary>
internal sealed record ParsedEntry(
    ExpositionEntry Kind, string Name, string Text, string Raw, Labels Labels, double Value, long? TimestampMs)
{
    public MetricType Type { get; init; }

    /// <summary>When the series began to count, where a parser tells.</summary>
    public long StartTimestampMs { get; init; }

    /// <summary>The exemplars as <c>labels value timestamp</c>.</summary>
    public string Exemplars { get; init; } = "";

    /// <summary>A native histogram in one line, or the empty string.</summary>
    public string Histogram { get; init; } = "";

    public static ParsedEntry From<TParser>(ExpositionEntry kind, ref TParser parser, out ExemplarList exemplars)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        bool isSeries = kind is ExpositionEntry.Series or ExpositionEntry.Histogram;
        LabelsBuilder builder = new();
        exemplars = new ExemplarList();
        ParsedEntry entry = new(
            kind,
            Encoding.UTF8.GetString(parser.Name),
            isSeries ? "" : Encoding.UTF8.GetString(parser.Text),
            isSeries ? Encoding.UTF8.GetString(parser.SeriesText) : "",
            Labels.Empty,
            parser.Value,
            isSeries && parser.HasTimestamp ? parser.TimestampMs : null)
        {
            Type = parser.FamilyType,
        };
        if (!isSeries)
        {
            return entry;
        }

        SeriesLabels.AppendTo(ref parser, builder);
        exemplars.Take(ref parser);
        entry = entry with { Labels = builder.Build(), Exemplars = Describe(exemplars) };
        if (typeof(TParser) == typeof(ProtobufParser))
        {
            ref ProtobufParser protobuf =
                ref System.Runtime.CompilerServices.Unsafe.As<TParser, ProtobufParser>(ref parser);
            entry = entry with
            {
                StartTimestampMs = protobuf.StartTimestampMs,
                Histogram = kind == ExpositionEntry.Histogram ? Describe(protobuf.Histogram) : "",
            };
        }

        return entry;
    }

    /// <summary>The histogram that classic series were put together to.</summary>
    public static ParsedEntry From(ClassicHistograms classic)
    {
        GroupedSeries series = classic.Series;
        LabelsBuilder builder = new();
        SeriesLabels.AppendTo(in series, builder);
        return new ParsedEntry(
            ExpositionEntry.Histogram, "", "", Encoding.UTF8.GetString(series.SeriesText), builder.Build(), 0,
            classic.HasTimestamp ? classic.TimestampMs : null)
        {
            Exemplars = Describe(classic.Exemplars),
            Histogram = Describe(classic.Histogram),
        };
    }

    public static string Describe(Histogram histogram) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(histogram.IsFloat ? "float_histogram" : "histogram")} schema {histogram.Schema} "
            + $"count {(histogram.IsFloat ? histogram.FloatCount : histogram.Count):R} sum {histogram.Sum:R} "
            + $"zero {histogram.ZeroThreshold:R} {(histogram.IsFloat ? histogram.FloatZeroCount : histogram.ZeroCount):R} "
            + $"hint {histogram.CounterResetHint.ToString().ToLowerInvariant()} "
            + $"positive {Describe(histogram.Positive)} negative {Describe(histogram.Negative)} "
            + $"custom {string.Join(',', histogram.CustomValues.ToArray())}");

    private static string Describe(HistogramSide side)
    {
        List<string> spans = [];
        foreach (HistogramSpan span in side.Spans)
        {
            spans.Add(string.Create(CultureInfo.InvariantCulture, $"{span.Offset}+{span.Length}"));
        }

        List<string> counts = [.. side.FloatCounts.ToArray().Select(static count => count.ToString("R", CultureInfo.InvariantCulture))];
        long before = 0;
        foreach (long count in side.Counts)
        {
            counts.Add((count - before).ToString(CultureInfo.InvariantCulture));
            before = count;
        }

        return $"[{string.Join(',', spans)}] [{string.Join(',', counts)}]";
    }

    private static string Describe(ExemplarList exemplars)
    {
        List<string> texts = [];
        foreach (ListedExemplar exemplar in exemplars.Items)
        {
            string time = exemplar.HasTimestamp ? exemplar.TimestampMs.ToString(CultureInfo.InvariantCulture) : "none";
            texts.Add(string.Create(
                CultureInfo.InvariantCulture, $"{Labels.FromBlob(exemplars.LabelsOf(exemplar))} {exemplar.Value:R} {time}"));
        }

        return string.Join("; ", texts);
    }
}
