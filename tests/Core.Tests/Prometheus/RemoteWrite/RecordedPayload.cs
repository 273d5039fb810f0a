using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.RemoteWrite;

/// <summary>A request body that a Prometheus sent, with the content that was decoded there.</summary>
internal sealed class RecordedPayload : IDisposable
{
    private const string Folder = "conformance/remote_write/payloads";

    private readonly JsonDocument _document;

    private RecordedPayload(byte[] message, JsonDocument document)
    {
        Message = message;
        _document = document;
    }

    /// <summary>The protobuf message.</summary>
    public byte[] Message { get; }

    public JsonElement Decoded => _document.RootElement.GetProperty("decoded");

    public static TheoryData<string> Names(string pattern)
    {
        if (!Oracle.Has(Folder))
        {
            return [Oracle.NoCase];
        }

        TheoryData<string> names = [];
        foreach (string path in Directory.GetFiles(Oracle.Locate(Folder), pattern))
        {
            names.Add(Path.GetFileNameWithoutExtension(path));
        }

        return names;
    }

    public static RecordedPayload Read(string name)
    {
        byte[] body = File.ReadAllBytes(Oracle.Locate($"{Folder}/{name}.snappy"));
        Assert.True(Snappy.TryGetDecodedLength(body, out int length));
        byte[] message = new byte[length];
        Assert.True(Snappy.TryDecode(body, message, out _));
        return new RecordedPayload(message, JsonDocument.Parse(File.ReadAllText(Oracle.Locate($"{Folder}/{name}.json"))));
    }

    public static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement items) ? items.EnumerateArray() : default;

    public void Dispose() => _document.Dispose();
}
