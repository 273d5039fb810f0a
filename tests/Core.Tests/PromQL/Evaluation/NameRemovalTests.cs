using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>Two series that are the same without their names, and of which one ends before the other begins.</summary>
public sealed class NameRemovalTests
{
    private const long MinuteMs = 60_000;

    [Theory]
    [InlineData("-{job=\"api\"}", "-1 -2 -8 -9")]
    [InlineData("abs({job=\"api\"})", "1 2 8 9")]
    [InlineData("{job=\"api\"} * 2", "2 4 16 18")]
    [InlineData("label_replace({job=\"api\"}, \"__name__\", \"one\", \"\", \"\")", "1 2 8 9")]
    public async Task What_works_on_points_brings_them_together(string query, string expected)
    {
        MatrixSeries series = Assert.Single(Assert.IsType<MatrixValue>((await RangeAsync(query, delayed: false)).Value).Series.ToArray());
        List<string> values = [];
        foreach (Sample sample in series)
        {
            values.Add($"{sample.Value}");
        }

        Assert.Equal(expected, string.Join(' ', values));
    }

    [Theory]
    [InlineData("count_over_time({job=\"api\"}[90s])")]
    [InlineData("sum(rate({job=\"api\"}[2m]))")]
    public async Task Functions_over_ranges_fail_as_in_Prometheus(string query)
    {
        QueryException failed = await Assert.ThrowsAsync<QueryException>(() => RangeAsync(query, delayed: false));
        Assert.Equal("vector cannot contain metrics with the same labelset", failed.Message);
        await RangeAsync(query, delayed: true);
    }

    private static async Task<QueryResult> RangeAsync(string query, bool delayed)
    {
        MemorySeries first = new(Labels.FromStrings("__name__", "first", "job", "api"));
        MemorySeries second = new(Labels.FromStrings("__name__", "second", "job", "api"));
        foreach ((MemorySeries series, long minute, double value) in
            ((MemorySeries, long, double)[])[(first, 0, 1), (first, 1, 2), (second, 7, 8), (second, 8, 9)])
        {
            series.Samples.Add(minute * MinuteMs, value);
        }

        first.Samples.Add(2 * MinuteMs, StaleMarker.Value);
        using Engine engine = new(new EngineOptions { DelayedNameRemoval = delayed }, TimeProvider.System);
        return await engine.RangeAsync(
            new MemoryQueryable([first, second]), query, 0, 8 * MinuteMs, MinuteMs, QueryOptions.Default,
            TestContext.Current.CancellationToken);
    }
}
