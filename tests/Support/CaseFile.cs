using System.Text.Json;

namespace AmpEdge.Tests.Support;

/// <summary>Reads files of the shared data that hold cases: an array of them, or one.</summary>
public static class CaseFile
{
    /// <summary>The cases of a file; skips or fails the running test when it is absent.</summary>
    public static IReadOnlyList<JsonElement> Load(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate(path)));
        JsonElement root = document.RootElement.Clone();
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
    }

    /// <summary>What each case is called, by the key that names it; <see cref="Oracle.NoCase"/> when the shared data is absent.</summary>
    public static IReadOnlyList<string> Names(string path, string key)
    {
        if (!Oracle.Has(path))
        {
            return [Oracle.NoCase];
        }

        List<string> names = [];
        foreach (JsonElement element in Load(path))
        {
            names.Add(element.GetProperty(key).GetString()!);
        }

        return names;
    }

    /// <exception cref="InvalidOperationException">There is no case of that name.</exception>
    public static JsonElement Find(string path, string key, string name)
    {
        foreach (JsonElement element in Load(path))
        {
            if (element.GetProperty(key).GetString() == name)
            {
                return element;
            }
        }

        throw new InvalidOperationException($"{path} has no case with {key} '{name}'");
    }
}
