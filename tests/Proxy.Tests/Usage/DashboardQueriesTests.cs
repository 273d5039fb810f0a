using System.Text;
using AmpEdge.Proxy.Usage;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.Usage;

public sealed class DashboardQueriesTests
{
    private static string Dashboard => File.ReadAllText(Oracle.TestData("usage/dashboard.json"));

    [Fact]
    public void Panels_rows_annotations_and_variables_are_found()
    {
        IReadOnlyList<string>? queries = DashboardQueries.Of(Encoding.UTF8.GetBytes(Dashboard));

        Assert.NotNull(queries);
        SortedSet<string> read = new(StringComparer.Ordinal);
        foreach (string query in queries)
        {
            read.UnionWith(QueryNames.Of(query, out bool isReadable).ConvertAll(NameConditionTests.Describe));
            Assert.True(isReadable, query);
        }

        Assert.Equal(
            """
            names deploys_total
            names http_requests_total
            names kube_pod_info
            names nested_row_metric
            names node_load1
            names node_memory_MemAvailable_bytes
            names up
            pattern {__name__=~"queue_.*_depth"}
            """.ReplaceLineEndings("\n"),
            string.Join('\n', read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("expr: up")]
    [InlineData("{\"expr\": \"\\ud800\"}")]
    public void What_is_no_dashboard_is_told_or_empty(string json) =>
        Assert.True(DashboardQueries.Of(Encoding.UTF8.GetBytes(json)) is null or { Count: 0 } or [""]);

    [Fact]
    public void Any_bytes_are_survived()
    {
        Gen gen = Gen.Create(3801);
        byte[] dashboard = Encoding.UTF8.GetBytes(Dashboard);
        for (int round = 0; round < 300; round++)
        {
            byte[] mutated = gen.Mutate(dashboard, 12);
            try
            {
                foreach (string query in DashboardQueries.Of(mutated) ?? [])
                {
                    QueryNames.Of(query, out _);
                }
            }
            catch (Exception error)
            {
                Assert.Fail($"{gen} round {round}: {error}");
            }
        }
    }
}
