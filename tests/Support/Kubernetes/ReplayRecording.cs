using System.Globalization;
using System.Text.Json;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>The recorded lists of state s1, and all changes up to state s2 in the order in which they happened.</summary>
internal sealed record ReplayRecording(Dictionary<string, List<JsonElement>> Lists, List<ReplayEvent> Events)
{
    public static ReplayRecording Load(IEnumerable<string> resources)
    {
        ReplayRecording recording = new(new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal), []);
        foreach (string resource in resources)
        {
            string plural = resource[(resource.LastIndexOf('/') + 1)..];
            recording.LoadList(resource, Oracle.Locate($"kubernetes/lists/s1/list-{plural}.json"));
            recording.LoadEvents(resource, Oracle.Locate($"kubernetes/watch/watch-{plural}.ndjson"));
        }

        recording.Events.Sort(static (left, right) => left.Version.CompareTo(right.Version));
        return recording;
    }

    private void LoadList(string resource, string file)
    {
        using JsonDocument list = JsonDocument.Parse(File.ReadAllText(file));
        List<JsonElement> items = [];
        foreach (JsonElement item in list.RootElement.GetProperty("items").EnumerateArray())
        {
            items.Add(item.Clone());
        }

        Lists.Add(resource, items);
    }

    private void LoadEvents(string resource, string file)
    {
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            string type = parsed.RootElement.GetProperty("type").GetString() ?? "";
            JsonElement item = parsed.RootElement.GetProperty("object").Clone();
            if (type != "BOOKMARK")
            {
                string version = ReplaySelector.Get(item, "metadata", "resourceVersion").GetString() ?? "";
                Events.Add(new ReplayEvent(long.Parse(version, CultureInfo.InvariantCulture), resource, type, item, null));
            }
        }
    }
}
