using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

public sealed class ConfigurationReferenceTests
{
    /// <summary>With AMPEDGE_UPDATE_DOCS=1 the page is written instead of compared.</summary>
    [Fact]
    public void The_configuration_page_is_what_the_records_say()
    {
        string page = Path.Combine(Oracle.RepositoryRoot, "docs", "configuration.md");
        string expected = ConfigurationReference.Write();
        if (Environment.GetEnvironmentVariable("AMPEDGE_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(page)!);
            File.WriteAllText(page, expected);
        }

        Assert.True(File.Exists(page), "docs/configuration.md is absent: run this test with AMPEDGE_UPDATE_DOCS=1");
        Assert.Equal(expected, File.ReadAllText(page));
    }

    [Fact]
    public void Every_key_says_what_it_means()
    {
        foreach (string line in ConfigurationReference.Write().Split('\n'))
        {
            Assert.False(line.EndsWith("|  |", StringComparison.Ordinal), $"give the property a doc comment: {line}");
        }
    }
}
