using System.Globalization;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Functions;

public class HistogramFunctionsTests
{
    [Theory]
    [InlineData("0.5", "1:2 2:6 +Inf:10", 1.75)]
    [InlineData("1", "1:2 2:6 +Inf:10", 2)]
    [InlineData("0", "1:2 2:6 +Inf:10", 0)]
    [InlineData("0.1", "-1:2 2:6 +Inf:10", -1)]
    [InlineData("0.5", "1:2 2:6", double.NaN)]
    [InlineData("0.5", "+Inf:6", double.NaN)]
    [InlineData("0.5", "1:0 +Inf:0", double.NaN)]
    [InlineData("-1", "1:2 +Inf:10", double.NegativeInfinity)]
    [InlineData("2", "1:2 +Inf:10", double.PositiveInfinity)]
    [InlineData("NaN", "1:2 +Inf:10", double.NaN)]
    [InlineData("0.5", "1:2 1.0:2 2:6 +Inf:10", 1.5)]
    public async Task A_quantile_is_interpolated_within_its_bucket(string quantile, string buckets, double expected)
    {
        (double value, _) = await RunAsync($"histogram_quantile({quantile}, h)", buckets);
        Assert.Equal(expected, value);
    }

    [Fact]
    public async Task Counts_that_fall_are_raised_with_an_info_unless_it_is_rounding()
    {
        (double value, Annotations annotations) = await RunAsync("histogram_quantile(0.5, h)", "1:4 2:3 4:8 +Inf:8");
        Assert.Equal(1, value);
        Assert.Contains("needed to be fixed for monotonicity", Assert.Single(annotations.Infos), StringComparison.Ordinal);
        Assert.EndsWith(
            "#histogram_quantile), from buckets 2 to 2, with a max diff of 1, over 1 samples "
            + "from 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z (1:25)",
            annotations.Infos[0],
            StringComparison.Ordinal);

        (_, annotations) = await RunAsync("histogram_quantile(0.5, h)", "1:4 2:3.9999999999999 4:8 +Inf:8");
        Assert.Empty(annotations.Infos);
    }

    [Fact]
    public async Task A_boundary_that_is_no_number_is_left_out_with_a_warning()
    {
        (double value, Annotations annotations) = await RunAsync("histogram_quantile(0.5, h)", "1:2 x:3 2:6 +Inf:10");
        Assert.Equal(1.75, value);
        Assert.Equal(
            "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"x\" for metric name \"h\" (1:25)",
            Assert.Single(annotations.Warnings));
    }

    [Theory]
    [InlineData("0, 1", 0.2)]
    [InlineData("1, 2", 0.4)]
    [InlineData("0.5, 1.5", 0.3)]
    [InlineData("2, Inf", 0.4)]
    [InlineData("-Inf, Inf", 1)]
    [InlineData("2, 1", 0)]
    [InlineData("NaN, 1", double.NaN)]
    public async Task A_fraction_is_the_share_between_two_values(string bounds, double expected)
    {
        (double value, _) = await RunAsync($"histogram_fraction({bounds}, h)", "1:2 2:6 +Inf:10");
        Assert.Equal(expected, value, 12);
    }

    private static async Task<(double Value, Annotations Annotations)> RunAsync(string query, string buckets)
    {
        List<MemorySeries> series = [];
        foreach (string bucket in buckets.Split(' '))
        {
            string[] parts = bucket.Split(':');
            Labels labels = Labels.FromStrings("__name__", "h", "le", parts[0]);
            series.Add(new MemorySeries(labels)
            {
                Samples = { [0] = double.Parse(parts[1], CultureInfo.InvariantCulture) },
            });
        }

        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        QueryResult result = await engine.InstantAsync(
            new MemoryQueryable(series), query, 0, QueryOptions.Default, CancellationToken.None);
        return (((VectorValue)result.Value).Values[0], result.Annotations);
    }
}
