using System.Text;
using AmpEdge.Proxy.Config;
using AmpEdge.Proxy.Routing;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Routing;

public sealed class QueryGuardTests
{
    private const string Threshold = "max_samples_processed_error_threshold";

    private static readonly QueryGuard s_guard = new(new QueryGuardConfig
    {
        MaxSamplesProcessed = 1000,
        MaxRange = TimeSpan.FromDays(1),
    }, new ManualTime(DateTimeOffset.FromUnixTimeSeconds(1_000_000)));

    [Theory]
    [InlineData("?start=0&end=86400", "", true)]
    [InlineData("?start=0&end=86401", "", false)]
    [InlineData("?start=2024-01-01T00:00:00Z&end=2024-01-03T00:00:00Z", "", false)]
    [InlineData("?start=2024-01-01T00:00:00Z&end=2024-01-01T12:00:00.5Z", "", true)]
    [InlineData("", "start=0&end=1e9", false)]
    [InlineData("?start=0&end=1", "end=1e9", false)]
    [InlineData("?st%61rt=0&end=1e300", "", false)]
    [InlineData("?start=0&end=0x1p40", "", false)]
    [InlineData("?start=0&end=1_000_000_000", "", false)]
    [InlineData("?start=-292273086-05-16T16:47:06Z&end=0", "", false)]
    public void Range_queries_have_a_longest_span(string query, string form, bool passes)
    {
        string? problem = Check("/workspaces/w/api/v1/query_range", query, form, out _);

        Assert.Equal(passes, problem is null);
        Assert.True(passes || problem!.Contains("query_guard.max_range", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("query", "query=up", true)]
    [InlineData("query", "query=rate(x[1d])", true)]
    [InlineData("query", "query=rate(x[25h])", false)]
    [InlineData("query", "query=max_over_time(x[30d:1m])", false)]
    [InlineData("query", "query=max_over_time(rate(x[12h])[12h:1m])", true)]
    [InlineData("query", "query=max_over_time(rate(x[13h])[12h:1m])", false)]
    [InlineData("query", "query=x offset 1d", true)]
    [InlineData("query", "query=x offset 25h", false)]
    [InlineData("query", "query=x offset -25h", false)]
    [InlineData("query", "query=sum(a)%2Bsum(b offset 1w)", false)]
    [InlineData("query", "query=x @ 1000000", true)]
    [InlineData("query", "query=x @ 900000", false)]
    [InlineData("query", "query=x @ 900000&time=900000", true)]
    [InlineData("query", "query=1", true)]
    [InlineData("query_range", "query=rate(x[5m])&start=0&end=86100&step=60", true)]
    [InlineData("query_range", "query=rate(x[5m])&start=0&end=86101&step=60", false)]
    [InlineData("query_range", "query=x offset 30d&start=0&end=60&step=60", false)]
    [InlineData("query_range", "query=x @ start()&start=0&end=86400&step=1h", true)]
    [InlineData("query_range", "query=max_over_time(x[2d:])&start=0&end=60&step=60", false)]
    public void Windows_subqueries_and_offsets_count_as_far_as_they_reach(string call, string parameters, bool passes)
    {
        string? problem = Check("/api/v1/" + call, "?" + parameters.Replace(" ", "%20", StringComparison.Ordinal), "", out _);

        Assert.Equal(passes, problem is null);
        Assert.True(passes || problem!.Contains("the query reaches over ", StringComparison.Ordinal), problem);
    }

    [Theory]
    [InlineData("query=x[", "unexpected")]
    [InlineData("query=x&time=x", "invalid parameter \"time\"")]
    public void A_query_whose_reach_cannot_be_told_is_refused(string parameters, string told)
    {
        string? problem = Check("/api/v1/query", "?" + parameters, "", out _);

        Assert.Contains(told, problem, StringComparison.Ordinal);
        Assert.Contains("query_guard.max_range", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?start=x&end=1e9", "\"start\": cannot parse \"x\"")]
    [InlineData("?start=0", "\"end\": cannot parse \"\"")]
    [InlineData("?start=&start=0&end=1", "\"start\": cannot parse \"\"")]
    [InlineData("?start=0&end=Inf", "\"end\": cannot parse \"Inf\"")]
    [InlineData("?start=0&end=1;&end=1e9", "invalid semicolon separator")]
    [InlineData("?start=0&end=%zz&end=1e9", "invalid URL escape \"%zz\"")]
    public void What_a_server_might_read_in_another_way_is_refused(string query, string told) =>
        Assert.Contains(told, Check("/api/v1/query_range", query, "", out _), StringComparison.Ordinal);

    [Theory]
    [InlineData("?query=up", "", Threshold + "=1000", true)]
    [InlineData("?query=up&" + Threshold + "=10", "", "", true)]
    [InlineData("", Threshold + "=1000", "", true)]
    [InlineData("?" + Threshold + "=1001", "", "", false)]
    [InlineData("?" + Threshold + "=10", Threshold + "=1001", "", false)]
    [InlineData("?" + Threshold + "=all", "", "", false)]
    [InlineData("?" + Threshold + "=", "", "", false)]
    [InlineData("?query=up", Threshold + "=&" + Threshold + "=10", "", false)]
    public void Queries_are_told_where_to_stop(string query, string form, string expected, bool passes)
    {
        Assert.Equal(passes, Check("/api/v1/query", query, form, out string added) is null);
        Assert.Equal(expected, added);
    }

    [Theory]
    [InlineData("/api/v1/series")]
    [InlineData("/api/v1/remote_write")]
    public void Nothing_but_queries_is_looked_at(string path)
    {
        Assert.Null(Check(path, "?start=0&end=1e9", "", out string added));
        Assert.Equal("", added);
    }

    private static string? Check(string path, string query, string form, out string added) =>
        s_guard.Check(path, query, Encoding.UTF8.GetBytes(form), out added);
}
