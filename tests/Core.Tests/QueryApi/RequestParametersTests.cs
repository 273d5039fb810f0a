using AmpEdge.QueryApi;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.QueryApi;

public sealed class RequestParametersTests
{
    [Fact]
    public void The_form_comes_before_the_query_string_and_names_may_repeat()
    {
        Assert.True(RequestParameters.TryParse(
            "?query=b&match[]=x&match%5B%5D=y+z", "query=a%2Bb&empty"u8, out RequestParameters parameters, out _));
        Assert.Equal("a+b", parameters.Get("query"));
        Assert.Equal(["x", "y z"], parameters.GetAll("match[]"));
        Assert.Equal("", parameters.Get("empty"));
        Assert.Equal("", parameters.Get("absent"));
    }

    [Theory]
    [InlineData("a=%zz", "invalid URL escape \"%zz\"")]
    [InlineData("a=%2", "invalid URL escape \"%2\"")]
    [InlineData("a=1;b=2", "invalid semicolon separator in query")]
    public void A_bad_escape_or_separator_is_refused(string query, string expected)
    {
        Assert.False(RequestParameters.TryParse(query, default, out _, out string problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_without_an_exception()
    {
        Gen gen = Gen.Create(73);
        for (int round = 0; round < 5_000; round++)
        {
            RequestParameters.TryParse(gen.Text("ab=&%;+2F\0é", 30), gen.Bytes(gen.Int(40)), out _, out _);
        }
    }
}
