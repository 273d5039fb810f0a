using System.Text.Json;
using AmpEdge.Agent.Scrape;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class AcceptHeaderTests
{
    private const string File = "accept_header.json";

    public static TheoryData<string> Cases => ScrapeCases.Names(File, "id");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Protocols_are_weighted_by_their_order(string id)
    {
        JsonElement testCase = ScrapeCases.Find(File, "id", id);
        List<string> protocols = [];
        foreach (JsonElement protocol in testCase.GetProperty("scrape_protocols").EnumerateArray())
        {
            protocols.Add(protocol.GetString()!);
        }

        Assert.Equal(
            testCase.GetProperty("accept").GetString(),
            AcceptHeader.For(protocols, testCase.GetProperty("escaping").GetString()!));
    }
}
