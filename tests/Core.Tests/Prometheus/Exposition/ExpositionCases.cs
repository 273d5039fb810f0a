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

    /// <summary>The elements of a case file that is one array; empty when the shared data is absent.</summary>
    public static IReadOnlyList<JsonElement> Load(string file)
    {
        string path = $"{Folder}/{file}";
        if (!Oracle.Has(path))
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate(path)));
        JsonElement root = document.RootElement.Clone();
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
    }

    /// <summary>One row per case, by the key that names it.</summary>
    public static TheoryData<string> Names(string file, string key)
    {
        TheoryData<string> names = [];
        foreach (JsonElement element in Load(file))
        {
            names.Add(element.GetProperty(key).GetString()!);
        }

        return names;
    }

    public static JsonElement Find(string file, string key, string name)
    {
        foreach (JsonElement element in Load(file))
        {
            if (element.GetProperty(key).GetString() == name)
            {
                return element;
            }
        }

        throw new InvalidOperationException($"{file} has no case with {key} '{name}'");
    }

    public static byte[] Input(JsonElement element) =>
        element.TryGetProperty("input_b64", out JsonElement encoded)
            ? encoded.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(element.GetProperty("input").GetString()!);

    /// <summary>Parses to the end and returns the error, or null.</summary>
    public static ExpositionError? ParseAll(byte[] page, bool openMetrics, List<ParsedEntry>? entries = null)
    {
        LabelSlots labels = new();
        LabelSlots exemplarLabels = new();
        if (openMetrics)
        {
            LineParser<OpenMetricsGrammar> parser = new(page, labels, exemplarLabels);
            return Drain(ref parser, entries);
        }

        LineParser<TextGrammar> textParser = new(page, labels, exemplarLabels);
        return Drain(ref textParser, entries);
    }

    private static ExpositionError? Drain<TParser>(ref TParser parser, List<ParsedEntry>? entries)
        where TParser : struct, IExpositionParser, allows ref struct
    {
        while (true)
        {
            int before = parser.Position;
            ExpositionEntry entry = parser.Next();
            switch (entry)
            {
                case ExpositionEntry.EndOfPage:
                    return null;
                case ExpositionEntry.Error:
                    Assert.NotNull(parser.Error);
                    return parser.Error;
                default:
                    Assert.True(parser.Position > before, "the parser must move on");
                    entries?.Add(ParsedEntry.From(entry, ref parser));
                    break;
            }
        }
    }
}
