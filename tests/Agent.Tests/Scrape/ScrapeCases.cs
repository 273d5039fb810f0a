using System.Text.Json;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

/// <summary>Reads the shared scrape cases.</summary>
internal static class ScrapeCases
{
    public const string Folder = "conformance/scrape";

    public static IReadOnlyList<JsonElement> Load(string file) => CaseFile.Load($"{Folder}/{file}");

    public static TheoryData<string> Names(string file, string key) => new(CaseFile.Names($"{Folder}/{file}", key));

    public static JsonElement Find(string file, string key, string name) => CaseFile.Find($"{Folder}/{file}", key, name);
}
