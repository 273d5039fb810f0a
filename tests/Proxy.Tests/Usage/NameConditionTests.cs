using System.Text;
using AmpEdge.Proxy.Usage;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class NameConditionTests
{
    [Theory]
    [InlineData("up", "names up")]
    [InlineData("{\"http.requests\"}", "names http.requests")]
    [InlineData("{__name__=\"up\",job=\"x\"}", "names up")]
    [InlineData("{__name__=~\"up|down\"}", "names down up")]
    [InlineData("{__name__=~\"up|down\",__name__!=\"up\"}", "names down")]
    [InlineData("{__name__=~\"node_.*\"}", "pattern {__name__=~\"node_.*\"}")]
    [InlineData("{__name__=~\".*_total\",__name__!~\"go_.*\"}", "pattern {__name__=~\".*_total\",__name__!~\"go_.*\"}")]
    [InlineData("{__name__=~\".+\"}", "all {__name__=~\".+\"}")]
    [InlineData("{__name__=~\".*\",job=\"x\"}", "all {__name__=~\".*\",job=\"x\"}")]
    [InlineData("{__name__!=\"up\",job=\"x\"}", "all {__name__!=\"up\",job=\"x\"}")]
    [InlineData("{job=\"x\"}", "all {job=\"x\"}")]
    [InlineData("{__name__=~\"[a-zA-Z].*\"}", "all {__name__=~\"[a-zA-Z].*\"}")]
    [InlineData("{__name__=~\"node___ampedge_variable__\"}", "pattern {__name__=~\"node_.*\"}")]
    [InlineData("node.__ampedge_variable__", "none")]
    [InlineData("node___ampedge_variable___total", "pattern {__name__=~\"node_.*_total\"}")]
    [InlineData("__ampedge_variable__{a=\"b\"}", "all {a=\"b\",__name__=\"$…\"}")]
    public void A_selector_reads_names_a_pattern_or_all(string selector, string expected)
    {
        NameCondition? condition = QueryNames.OfSelector(selector);

        Assert.Equal(expected, condition is null ? "none" : Describe(condition));
    }

    [Fact]
    public void A_pattern_is_met_when_all_its_matchers_are()
    {
        NameCondition condition = QueryNames.OfSelector("{__name__=~\".*_total\",__name__!~\"go_.*\"}")!;

        Assert.True(condition.Matches("node_cpu_total"u8));
        Assert.False(condition.Matches("go_gc_total"u8));
        Assert.False(condition.Matches("node_cpu"u8));
    }

    internal static string Describe(NameCondition condition)
    {
        List<string> names = [];
        foreach (byte[] name in condition.Names)
        {
            names.Add(Encoding.UTF8.GetString(name));
        }

        return condition.IsAll ? "all " + condition.Text
            : condition.Patterns.Count > 0 ? "pattern " + condition.Text
            : "names " + string.Join(' ', names);
    }
}
