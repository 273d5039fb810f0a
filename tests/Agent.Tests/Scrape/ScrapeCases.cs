using System.Text.Json;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>Reads the shared scrape cases.</summary>
internal static class ScrapeCases
{
    public const string Folder = "conformance/scrape";

    public static IReadOnlyList<JsonElement> Load(string file)
    {
        string path = $"{Folder}/{file}";
        if (!Oracle.Has(path))
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate(path)));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

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
}
