using System.Text.Json;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Api;

/// <summary>Writes label sets as JSON objects.</summary>
internal static class LabelsJson
{
    public static void Write(Utf8JsonWriter json, string property, Labels labels)
    {
        json.WriteStartObject(property);
        foreach (LabelPair label in labels)
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
    }
}
