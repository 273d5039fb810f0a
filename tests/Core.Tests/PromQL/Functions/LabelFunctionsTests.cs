using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Functions;

public class LabelFunctionsTests
{
    private static readonly MemoryQueryable s_data = new([Series("up", "job", "api-1", "x", "ü"), Series("up", "job", "db")]);

    [Theory]
    [InlineData("label_replace(up, \"n\", \"$1:${2}\", \"job\", \"(.*)-(.*)\")", "up{job=\"api-1\", n=\"api:1\", x=\"ü\"} up{job=\"db\"}")]
    [InlineData("label_replace(up, \"job\", \"\", \"x\", \".+\")", "up{job=\"db\"} up{x=\"ü\"}")]
    [InlineData("label_replace(up, \"n\", \"$x\", \"x\", \"(?P<x>.)\")", "up{job=\"api-1\", n=\"ü\", x=\"ü\"} up{job=\"db\"}")]
    [InlineData("label_replace(up, \"a b\", \"v\", \"job\", \"db\")", "up{\"a b\"=\"v\", job=\"db\"} up{job=\"api-1\", x=\"ü\"}")]
    [InlineData("label_join(up, \"n\", \"/\", \"job\", \"x\")", "up{job=\"api-1\", n=\"api-1/ü\", x=\"ü\"} up{job=\"db\", n=\"db/\"}")]
    [InlineData("label_replace(rate(up[5m]) or up, \"__name__\", \"down\", \"\", \"\")", "down{job=\"api-1\", x=\"ü\"} down{job=\"db\"}")]
    public async Task Labels_are_written(string query, string expected)
    {
        QueryResult result = await RunAsync(query);
        Assert.Equal(expected, string.Join(' ', Sorted((VectorValue)result.Value)));
    }

    [Theory]
    [InlineData("label_replace(up, \"n\", \"\", \"job\", \"(\")", "invalid regular expression in label_replace(): (")]
    [InlineData("label_replace(up, \"\", \"\", \"job\", \"\")", "invalid destination label name in label_replace(): ")]
    [InlineData("label_join(up, \"\", \"\", \"job\")", "invalid destination label name in label_join(): ")]
    [InlineData("label_join(up, \"n\", \"\", \"\")", "invalid source label name in label_join(): ")]
    [InlineData("label_replace(label_replace(up, \"job\", \"s\", \"\", \"\"), \"x\", \"\", \"\", \"\")", "vector cannot contain metrics with the same labelset")]
    public async Task What_cannot_be_written_fails_the_query(string query, string expected)
    {
        QueryException exception = await Assert.ThrowsAsync<QueryException>(() => RunAsync(query));
        Assert.Equal(QueryErrorKind.Execution, exception.Kind);
        Assert.Equal(expected, exception.Message);
    }

    private static async Task<QueryResult> RunAsync(string query)
    {
        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        return await engine.InstantAsync(s_data, query, 1000, QueryOptions.Default, CancellationToken.None);
    }

    private static List<string> Sorted(VectorValue vector)
    {
        List<string> shown = [];
        for (int index = 0; index < vector.Count; index++)
        {
            shown.Add(vector.Labels[index].ToString());
        }

        shown.Sort(StringComparer.Ordinal);
        return shown;
    }

    private static MemorySeries Series(string name, params string[] labels)
    {
        LabelsBuilder builder = new();
        builder.Set(LabelNames.MetricName, name);
        for (int index = 0; index < labels.Length; index += 2)
        {
            builder.Set(labels[index], labels[index + 1]);
        }

        return new MemorySeries(builder.Build()) { Samples = { [0] = 1, [1000] = 2 } };
    }
}
