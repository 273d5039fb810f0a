using System.Text;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Model;

public sealed class MatcherTests
{
    [Theory]
    [InlineData(MatcherType.Equal, "api", "api", true)]
    [InlineData(MatcherType.Equal, "api", "api2", false)]
    [InlineData(MatcherType.NotEqual, "api", "web", true)]
    [InlineData(MatcherType.NotEqual, "api", "api", false)]
    [InlineData(MatcherType.Regex, "api|web", "web", true)]
    [InlineData(MatcherType.Regex, "api|web", "webx", false)]
    [InlineData(MatcherType.Regex, "a.*", "xa", false)]
    [InlineData(MatcherType.NotRegex, ".+", "", true)]
    [InlineData(MatcherType.NotRegex, ".*", "", false)]
    public void A_matcher_sees_the_whole_value(MatcherType type, string pattern, string value, bool expected)
    {
        Matcher matcher = new(type, "job", pattern);

        Assert.Equal(expected, matcher.Matches(Encoding.UTF8.GetBytes(value)));
    }

    [Fact]
    public void An_absent_label_counts_as_empty()
    {
        Labels labels = Labels.FromStrings("a", "1");

        Assert.True(new Matcher(MatcherType.Equal, "job", "").Matches(labels));
        Assert.True(new Matcher(MatcherType.NotEqual, "job", "x").Matches(labels));
        Assert.False(new Matcher(MatcherType.Regex, "job", ".+").Matches(labels));
        Assert.True(new Matcher(MatcherType.Regex, "job", ".*").MatchesEmpty);
    }

    [Fact]
    public void Literal_alternatives_are_known_to_an_index()
    {
        Matcher matcher = new(MatcherType.Regex, "job", "web|api(-(a|b))?|[xy]1");

        Assert.Equal(
            ["api", "api-a", "api-b", "web", "x1", "y1"],
            matcher.SetMatches is { } set ? [.. Strings(set)] : []);
        Assert.Null(new Matcher(MatcherType.Regex, "job", "api.*").SetMatches);
        Assert.Equal("api-", Encoding.UTF8.GetString(new Matcher(MatcherType.Regex, "job", "api-(a.*|b\\d+)").Prefix));
    }

    [Fact]
    public void A_bad_expression_is_refused_with_the_reason()
    {
        Assert.False(Matcher.TryCreate(MatcherType.Regex, "job", "a(b", out _, out string? error));
        Assert.Equal("error parsing regexp: missing closing ): `^(?s:a(b)$`", error);
    }

    [Fact]
    public void A_matcher_prints_as_in_an_expression()
    {
        Assert.Equal("""job=~"a\"b" """.TrimEnd(), new Matcher(MatcherType.Regex, "job", "a\"b").ToString());
        Assert.Equal("""
            "my.label"!="x"
            """, new Matcher(MatcherType.NotEqual, "my.label", "x").ToString());
    }

    private static IEnumerable<string> Strings(IReadOnlyList<byte[]> values)
    {
        foreach (byte[] value in values)
        {
            yield return Encoding.UTF8.GetString(value);
        }
    }
}
