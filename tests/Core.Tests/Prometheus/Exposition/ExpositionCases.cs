using System.Text;
using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Exposition;

/// <summary>Reads the shared exposition cases and drives a parser over their pages.</summary>
internal static class ExpositionCases
{
    public const string Folder = "conformance/exposition";

    public static IReadOnlyList<JsonElement> Load(string file) => CaseFile.Load($"{Folder}/{file}");

    /// <summary>One row per case, by the key that names it.</summary>
    public static TheoryData<string> Names(string file, string key) => new(CaseFile.Names($"{Folder}/{file}", key));

    public static JsonElement Find(string file, string key, string name) => CaseFile.Find($"{Folder}/{file}", key, name);

    public static byte[] Input(JsonElement element) =>
        element.TryGetProperty("input_b64", out JsonElement encoded)
            ? encoded.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(element.GetProperty("input").GetString()!);

    /// <summary>Parses text to the end and returns the error, or null.</summary>
    public static ExpositionError? ParseAll(byte[] page, bool openMetrics, List<ParsedEntry>? entries = null) => ParseAll(
        page, openMetrics ? ExpositionFormat.OpenMetrics100 : ExpositionFormat.Text100, default, false, entries);

    /// <summary>Parses to the end and returns the error, or null.</summary>
    public static ExpositionError? ParseAll(
        byte[] page, ExpositionFormat format, HistogramForms forms, bool convert, List<ParsedEntry>? entries)
    {
        LabelSlots labels = new();
        LabelSlots exemplarLabels = new();
        ClassicHistograms? classic = convert ? new ClassicHistograms() : null;
        switch (format)
        {
            case ExpositionFormat.Protobuf:
                ProtobufParser protobuf = new(page, labels, exemplarLabels, new ProtobufScratch(), forms);
                return Drain(ref protobuf, entries, classic, forms.AlwaysClassic);
            case ExpositionFormat.OpenMetrics100:
                LineParser<OpenMetricsGrammar> openMetrics = new(page, labels, exemplarLabels);
                return Drain(ref openMetrics, entries, classic, forms.AlwaysClassic);
            default:
                LineParser<TextGrammar> text = new(page, labels, exemplarLabels);
                return Drain(ref text, entries, classic, forms.AlwaysClassic);
        }
    }

    private static ExpositionError? Drain<TParser>(
        ref TParser parser, List<ParsedEntry>? entries, ClassicHistograms? classic, bool keepClassic)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        while (true)
        {
            int before = parser.Position;
            ExpositionEntry entry = parser.Next();
            if (classic is not null && classic.EndsAt(ref parser, entry))
            {
                if (classic.TryConvert(out _))
                {
                    entries?.Add(ParsedEntry.From(classic));
                }

                classic.ClearGroup();
            }

            switch (entry)
            {
                case ExpositionEntry.EndOfPage:
                    return null;
                case ExpositionEntry.Error:
                    Assert.NotNull(parser.Error);
                    return parser.Error;
                default:
                    Assert.True(parser.Position > before || typeof(TParser) == typeof(ProtobufParser), "the parser must move on");
                    ParsedEntry parsed = ParsedEntry.From(entry, ref parser, out ExemplarList exemplars);
                    bool taken = classic is not null && classic.TryTake(ref parser, exemplars);
                    if (!taken || keepClassic)
                    {
                        entries?.Add(parsed);
                    }

                    break;
            }
        }
    }
}
