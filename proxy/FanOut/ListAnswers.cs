using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Reads the data of answers that are lists: names, label sets, metadata, exemplars.</summary>
internal static class ListAnswers
{
    /// <summary><c>["text",…]</c>.</summary>
    public static List<string> ReadTexts(ref AnswerReader reader)
    {
        List<string> texts = [];
        reader.Texts("data", texts);
        return texts;
    }

    /// <summary><c>[{"name":"value",…},…]</c>, as the virtual workspace has them.</summary>
    public static List<Labels> ReadSeries(ref AnswerReader reader, WorkspaceLabel label, byte[] member)
    {
        List<Labels> series = [];
        reader.Expect(JsonTokenType.StartArray, "data");
        while (true)
        {
            reader.Next();
            if (reader.Token == JsonTokenType.EndArray)
            {
                return series;
            }

            series.Add(label.InAnswer(reader.Labels(), member));
        }
    }

    /// <summary><c>{"metric":[{…},…],…}</c>: each entry as text, by metric.</summary>
    public static List<KeyValuePair<string, string>> ReadMetadata(ref AnswerReader reader)
    {
        List<KeyValuePair<string, string>> entries = [];
        reader.Expect(JsonTokenType.StartObject, "data");
        while (reader.NextName() is { } metric)
        {
            reader.Expect(JsonTokenType.StartArray, "the metadata of a metric");
            while (true)
            {
                reader.Next();
                if (reader.Token == JsonTokenType.EndArray)
                {
                    break;
                }

                entries.Add(new(metric, reader.CurrentRaw()));
            }
        }

        return entries;
    }

    /// <summary><c>[{"seriesLabels":{…},"exemplars":[…]},…]</c>: the exemplars as text, by series.</summary>
    public static List<KeyValuePair<Labels, string>> ReadExemplars(
        ref AnswerReader reader, WorkspaceLabel label, byte[] member)
    {
        List<KeyValuePair<Labels, string>> series = [];
        reader.Expect(JsonTokenType.StartArray, "data");
        while (true)
        {
            reader.Next();
            if (reader.Token == JsonTokenType.EndArray)
            {
                return series;
            }

            Labels? labels = null;
            string exemplars = "[]";
            while (reader.NextName() is { } name)
            {
                switch (name)
                {
                    case "seriesLabels":
                        reader.Next();
                        labels = label.InAnswer(reader.Labels(), member);
                        break;
                    case "exemplars":
                        reader.Next();
                        exemplars = reader.CurrentRaw();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            series.Add(new(labels ?? throw new JsonException("exemplars have no series"), exemplars));
        }
    }
}
