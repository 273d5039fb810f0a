using AmpEdge.PromQL;
using AmpEdge.Proxy.FanOut;
using Xunit;

namespace AmpEdge.Proxy.Tests.FanOut;

public sealed class MemberExpressionTests
{
    private static readonly WorkspaceLabel s_label = new("workspace");

    [Theory]
    [InlineData("up", "up")]
    [InlineData("up{workspace=\"eu\"}", "up")]
    [InlineData("up{workspace=~\"e.\",job=\"node\"}", "up{job=\"node\"}")]
    [InlineData("up{workspace=\"us\"}", null)]
    [InlineData("up{workspace!=\"eu\"}", null)]
    [InlineData("up{workspace=\"\"}", null)]
    [InlineData("{workspace=\"eu\"}", "{__name__!=\"\"}")]
    [InlineData("{workspace=\"eu\",job=~\".*\"}", "{__name__!=\"\",job=~\".*\"}")]
    [InlineData("up{exported_workspace=\"a\"}", "up{workspace=\"a\"}")]
    [InlineData("sum by (workspace, job) (up)", "sum by (job) (up)")]
    [InlineData("sum by (workspace) (up)", "sum(up)")]
    [InlineData("sum without (exported_workspace) (up)", "sum without (workspace) (up)")]
    [InlineData("a / on (workspace, job) group_left (exported_workspace) b", "a / on (job) group_left (workspace) b")]
    [InlineData("rate(a{workspace=\"eu\"}[5m] offset 1m)", "rate(a[5m] offset 1m)")]
    [InlineData("a{workspace=\"eu\"} or b{workspace=\"us\"}", "a or {__name__!=\"\",__name__=\"\"}")]
    public void A_member_is_asked_in_its_own_names_for_its_own_series(string query, string? text)
    {
        Expr? expr = PromQLParser.Parse(query, ParserOptions.Everything).Expr;
        Assert.NotNull(expr);
        string? asked = MemberExpression.TextFor(expr, s_label, "eu");

        Assert.Equal(text, asked);
        if (asked is not null)
        {
            Assert.NotNull(PromQLParser.Parse(asked, ParserOptions.Default).Expr);
        }
    }
}
