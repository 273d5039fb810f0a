using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Regex;

public class SearchRegexTests
{
    [Theory]
    [InlineData("b+", "abbc", true)]
    [InlineData("^b", "abbc", false)]
    [InlineData("", "", true)]
    public void A_match_may_lie_anywhere(string pattern, string text, bool expected)
    {
        Assert.True(SearchRegex.TryCreate(pattern, out SearchRegex? regex, out string? error), error);
        Assert.Equal(expected, regex.IsMatch(text));
    }

    [Theory]
    [InlineData("a(x*)b", "-$1-", "abaxxb", "---xx-")]
    [InlineData("(?P<name>[a-z]+)=(\\w*)", "${2}=$name", "a=1 b=2", "1=a 2=b")]
    [InlineData("a*", "x", "baac", "xbxcx")]
    [InlineData("b", "$0$0", "abc", "abbc")]
    public void Every_match_is_replaced_as_in_Go(string pattern, string replacement, string text, string expected)
    {
        Assert.True(SearchRegex.TryCreate(pattern, out SearchRegex? regex, out string? error), error);
        Assert.Equal(expected, regex.ReplaceAll(text, new RegexTemplate(replacement)));
    }

    [Fact]
    public void What_RE2_refuses_is_refused_in_its_words()
    {
        Assert.False(SearchRegex.TryCreate("(", out _, out string? error));
        Assert.Equal("error parsing regexp: missing closing ): `(`", error);
    }
}
