using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>An entry of a page with its slices copied out, so that tests can compare it.</summary>
internal sealed record ParsedEntry(
    ExpositionEntry Kind, string Name, string Text, string Raw, Labels Labels, double Value, long? TimestampMs)
{
    public MetricType Type { get; init; }

    /// <summary>The exemplar as <c>labels value timestamp</c>, or null.</summary>
    public string? Exemplar { get; init; }

    public static ParsedEntry From<TParser>(ExpositionEntry kind, ref TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        bool isSeries = kind == ExpositionEntry.Series;
        LabelsBuilder builder = new();
        if (isSeries)
        {
            SeriesLabels.AppendTo(ref parser, builder);
        }

        return new ParsedEntry(
            kind,
            Encoding.UTF8.GetString(parser.Name),
            isSeries ? "" : Encoding.UTF8.GetString(parser.Text),
            isSeries ? Encoding.UTF8.GetString(parser.SeriesText) : "",
            builder.Build(),
            parser.Value,
            isSeries && parser.HasTimestamp ? parser.TimestampMs : null)
        {
            Type = parser.FamilyType,
            Exemplar = isSeries ? ExemplarOf(ref parser) : null,
        };
    }

    private static string? ExemplarOf<TParser>(ref TParser parser)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        if (!parser.HasExemplar)
        {
            return null;
        }

        LabelsBuilder builder = new();
        SeriesLabels.AppendTo(parser.Page, parser.ExemplarLabels, builder);
        string timestamp = parser.HasExemplarTimestamp
            ? parser.ExemplarTimestampMs.ToString(CultureInfo.InvariantCulture)
            : "none";
        return string.Create(
            CultureInfo.InvariantCulture, $"{builder.Build()} {parser.ExemplarValue:R} {timestamp}");
    }
}
