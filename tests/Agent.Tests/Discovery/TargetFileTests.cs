using System.Text.Json;
using AmpEdge.Agent.Discovery;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class TargetFileTests
{
    private const string Folder = "conformance/config/file_sd";

    public static TheoryData<string, bool> Cases
    {
        get
        {
            TheoryData<string, bool> cases = [];
            if (!Oracle.Has(Folder))
            {
                cases.Add(Oracle.NoCase, false);
                return cases;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate($"{Folder}/cases.json")));
            foreach (JsonElement testCase in document.RootElement.EnumerateArray())
            {
                cases.Add(testCase.GetProperty("file").GetString()!, testCase.GetProperty("ok").GetBoolean());
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_target_file_is_taken_or_refused(string file, bool valid)
    {
        IReadOnlyList<TargetGroup>? groups = TargetFile.Read(Oracle.Locate($"{Folder}/{file}"), out string? problem);

        Assert.Equal(valid, groups is not null);
        Assert.Equal(valid, problem is null);
        Assert.True(valid || problem!.Contains(file, StringComparison.Ordinal), problem);
    }

    [Fact]
    public void Groups_carry_their_targets_and_labels()
    {
        IReadOnlyList<TargetGroup>? groups = TargetFile.Read(Oracle.Locate($"{Folder}/valid2.yml"), out _);

        Assert.NotNull(groups);
        Assert.Equal(3, groups.Count);
        Assert.Equal("{__address__=\"localhost:9090\"}", Assert.Single(groups[1].Targets).ToString());
        Assert.Equal("{foo=\"bar\", fred=\"baz\"}", groups[1].Labels.ToString());
    }

    [Theory]
    [InlineData("[{\"targets\": [1]}]", ".json", "a target is '1'")]
    [InlineData("{\"targets\": []}", ".json", "the document is a mapping")]
    [InlineData("[{\"target\": []}]", ".json", "unknown key 'target'")]
    [InlineData("[{", ".json", "not JSON")]
    [InlineData("- targets: [a]\n  labels: [b]\n", ".yml", ":2:11: labels is a list")]
    [InlineData("[]", ".txt", "allowed .json, .yml, .yaml")]
    public void What_is_wrong_is_said_with_its_place(string content, string extension, string expected)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + extension);
        File.WriteAllText(path, content);
        try
        {
            Assert.Null(TargetFile.Read(path, out string? problem));
            Assert.Contains(expected, problem);
            Assert.StartsWith(path, problem);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
