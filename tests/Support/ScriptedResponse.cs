using System.Text;

namespace AmpEdge.Tests.Support;

/// <summary>What a scripted server answers. Content-Length is added, nothing else; to a status of 0 not even a head.</summary>
public sealed record ScriptedResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>A page of Prometheus text.</summary>
    public static ScriptedResponse Page(string body) => new(
        200,
        new Dictionary<string, string> { ["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8" },
        Encoding.UTF8.GetBytes(body));

    /// <summary>Head and body as they are, whatever they are.</summary>
    public static ScriptedResponse Raw(byte[] answer) => new(0, new Dictionary<string, string>(), answer);
}
