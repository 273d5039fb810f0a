using System.Text.Json.Nodes;

namespace AmpEdge.Tests.Support;

/// <summary>A request as a fake of AWS understood it.</summary>
/// <param name="Service"><c>ec2</c>, <c>ecs</c> or <c>kms</c>.</param>
/// <param name="Operation">Such as <c>DescribeInstances</c>.</param>
/// <param name="Form">The parameters of the Query protocol; empty for the JSON protocol.</param>
/// <param name="Json">The document of the JSON protocol; empty for the Query protocol.</param>
/// <param name="AccessKeyId">Whose key signed.</param>
public sealed record FakeAwsRequest(
    string Service, string Operation, IReadOnlyDictionary<string, string> Form, JsonObject Json, string AccessKeyId)
{
    /// <summary>The texts of a list in the document.</summary>
    public List<string> Texts(string name)
    {
        List<string> texts = [];
        foreach (JsonNode? item in Json[name]?.AsArray() ?? [])
        {
            texts.Add((string?)item ?? "");
        }

        return texts;
    }
}
