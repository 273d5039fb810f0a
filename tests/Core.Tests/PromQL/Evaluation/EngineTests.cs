using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public sealed class EngineTests : IDisposable
{
    private const long Minute = 60_000;

    private readonly List<Engine> _engines = [];

    [Fact]
    public async Task A_query_that_cannot_be_parsed_is_bad_data_with_its_place()
    {
        QueryException error = await FailsAsync(MemoryQueryable.Empty, "sum(");
        Assert.Equal(QueryErrorKind.BadData, error.Kind);
        Assert.StartsWith("1:5: parse error:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up[5m]", "range vector")]
    [InlineData("\"text\"", "string")]
    public async Task A_range_query_gives_no_range_vector_and_no_string(string query, string type)
    {
        QueryException error = await Assert.ThrowsAsync<QueryException>(
            () => Engine().RangeAsync(MemoryQueryable.Empty, query, 0, Minute, Minute, QueryOptions.Default, Cancel));
        Assert.Equal(QueryErrorKind.BadData, error.Kind);
        Assert.Equal(
            $"invalid expression type \"{type}\" for range query, must be Scalar or instant Vector", error.Message);
    }

    [Fact]
    public async Task A_query_over_the_sample_limit_fails_and_says_so()
    {
        EngineOptions options = new() { MaxSamples = 100 };
        QueryException error = await FailsAsync(Counters(3, 60), "requests_total[1h]", options);
        Assert.Equal(QueryErrorKind.Execution, error.Kind);
        Assert.Equal("query processing would load too many samples into memory in query execution", error.Message);
        await InstantAsync(Counters(1, 60), "requests_total[1h]", options);
    }

    [Theory]
    [InlineData("requests_total")]
    [InlineData("rate(requests_total[5m])")]
    [InlineData("sum(requests_total)")]
    [InlineData("requests_total + requests_total")]
    [InlineData("max_over_time(requests_total[1m:1s])")]
    public async Task The_sample_limit_holds_for_every_kind_of_node(string query)
    {
        Engine engine = Engine(new EngineOptions { MaxSamples = 100 });
        QueryException error = await Assert.ThrowsAsync<QueryException>(
            () => engine.RangeAsync(Counters(5, 60), query, 0, 60 * Minute, Minute, QueryOptions.Default, Cancel));
        Assert.Contains("too many samples", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("avg")]
    [InlineData("stddev")]
    [InlineData("quantile")]
    public async Task Memory_that_each_group_takes_counts_against_the_sample_limit(string aggregation)
    {
        // A hundred series of one sample each over a thousand steps: few samples, but many columns.
        const int SeriesCount = 100;
        MemoryQueryable sparse = new([.. Series(SeriesCount, 1)]);
        string parameter = aggregation == "quantile" ? "0.5, " : "";
        string query = $"{aggregation} by (instance) ({parameter}requests_total)";
        EngineOptions options = new() { MaxSamples = 40_000, LookbackDelta = TimeSpan.FromMinutes(1) };
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => Engine(options).RangeAsync(
            sparse, query, 0, 999 * Minute, Minute, QueryOptions.Default, Cancel));
        Assert.Contains("too many samples", error.Message, StringComparison.Ordinal);

        QueryResult result = await Engine(options with { MaxSamples = 150_000 }).RangeAsync(
            sparse, query, 0, 999 * Minute, Minute, QueryOptions.Default, Cancel);
        Assert.Equal(SeriesCount, ((MatrixValue)result.Value).Count);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_ends_with_a_timeout()
    {
        ManualTime time = new();
        MemoryQueryable slow = new([.. Series(10, 5)]) { Decoding = _ => time.Advance(TimeSpan.FromSeconds(1)) };
        Engine engine = Engine(time: time);
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => engine.InstantAsync(
            slow, "sum(requests_total)", Minute, new QueryOptions { Timeout = TimeSpan.FromSeconds(3) }, Cancel));
        Assert.Equal(QueryErrorKind.Timeout, error.Kind);
        Assert.Equal("query timed out in expression evaluation", error.Message);
    }

    [Fact]
    public async Task A_time_out_longer_than_any_timer_is_as_good_as_none()
    {
        Engine engine = Engine(new EngineOptions { Timeout = TimeSpan.FromDays(365) });
        QueryResult result = await engine.InstantAsync(MemoryQueryable.Empty, "1", 0, QueryOptions.Default, Cancel);
        Assert.IsType<ScalarValue>(result.Value);
    }

    [Fact]
    public async Task A_caller_that_goes_away_ends_its_query()
    {
        using CancellationTokenSource caller = new();
        int decoded = 0;
        MemoryQueryable watched = new([.. Series(10, 5)])
        {
            Decoding = _ =>
            {
                decoded++;
                caller.Cancel();
            },
        };
        QueryException error = await Assert.ThrowsAsync<QueryException>(
            () => Engine().InstantAsync(watched, "sum(requests_total)", Minute, QueryOptions.Default, caller.Token));
        Assert.Equal(QueryErrorKind.Canceled, error.Kind);
        Assert.Equal("query was canceled in expression evaluation", error.Message);
        Assert.Equal(1, decoded);
    }

    [Fact]
    public async Task A_query_without_a_turn_waits_in_the_queue_and_may_leave_it()
    {
        using ManualResetEventSlim mayGoOn = new();
        using CancellationTokenSource caller = new();
        MemoryQueryable held = new([.. Series(1, 5)]) { Decoding = _ => mayGoOn.Wait(Cancel) };
        Engine engine = Engine(new EngineOptions { MaxConcurrency = 1 });
        Task<QueryResult> first = engine.InstantAsync(held, "requests_total", Minute, QueryOptions.Default, Cancel);
        Task<QueryResult> second = engine.InstantAsync(held, "requests_total", Minute, QueryOptions.Default, caller.Token);
        Assert.Equal(0, engine.FreeTurns);
        await caller.CancelAsync();
        QueryException error = await Assert.ThrowsAsync<QueryException>(() => second);
        Assert.Equal("query was canceled in query queue", error.Message);
        mayGoOn.Set();
        Assert.Equal(1, ((VectorValue)(await first).Value).Count);
        Assert.Equal(1, engine.FreeTurns);
    }

    [Fact]
    public async Task A_range_query_decodes_each_series_once()
    {
        int decoded = 0;
        MemoryQueryable watched = new([.. Series(4, 120)]) { Decoding = _ => decoded++ };
        QueryResult result = await Engine().RangeAsync(
            watched, "sum by (instance) (rate(requests_total[5m]))", 10 * Minute, 110 * Minute, Minute, QueryOptions.Default, Cancel);
        Assert.Equal(4, decoded);
        Assert.Equal(4, ((MatrixValue)result.Value).Count);
        Assert.Equal(101, ((MatrixValue)result.Value).Series[0].CountPoints());
    }

    [Fact]
    public async Task A_query_may_bring_its_own_lookback()
    {
        QueryOptions tenMinutes = new() { LookbackDelta = TimeSpan.FromMinutes(10) };
        Engine engine = Engine();
        QueryResult usual = await engine.InstantAsync(Counters(1, 1), "requests_total", 8 * Minute, QueryOptions.Default, Cancel);
        QueryResult longer = await engine.InstantAsync(Counters(1, 1), "requests_total", 8 * Minute, tenMinutes, Cancel);
        Assert.Equal(0, ((VectorValue)usual.Value).Count);
        Assert.Equal(1, ((VectorValue)longer.Value).Count);
    }

    [Fact]
    public async Task Statistics_count_every_sample_that_a_step_looked_at()
    {
        QueryResult result = await Engine().RangeAsync(
            Counters(2, 60), "requests_total", 0, 9 * Minute, Minute, QueryOptions.Default, Cancel);
        Assert.Equal(20, result.Statistics.TotalQueryableSamples);
        QueryResult windows = await Engine().InstantAsync(
            Counters(2, 60), "rate(requests_total[5m])", 30 * Minute, QueryOptions.Default, Cancel);
        Assert.Equal(10, windows.Statistics.TotalQueryableSamples);
    }

    [Fact]
    public async Task An_annotation_tells_line_and_column_in_bytes()
    {
        QueryResult result = await InstantAsync(
            Renamed("requests"), "vector(1) or {b=\"1\"} or\nsum({c=\"ä\"}) or sum(rate(requests[5m]))");
        Assert.Equal(
            "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"requests\" (2:27)",
            Assert.Single(result.Annotations.Infos));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_is_dropped_at_once_or_at_the_end_as_the_option_says(bool delayed)
    {
        EngineOptions options = new() { DelayedNameRemoval = delayed };
        QueryResult result = await InstantAsync(Counters(1, 60), "count by (__name__) (rate(requests_total[5m]))", options);
        Assert.Equal(Labels.Empty, ((VectorValue)result.Value).Labels[0]);
        QueryResult joined = await InstantAsync(
            Counters(1, 60), "rate(requests_total[5m]) and on (__name__) requests_total", options);
        Assert.Equal(delayed ? 1 : 0, ((VectorValue)joined.Value).Count);
    }

    [Fact]
    public async Task Series_that_differ_only_in_a_dropped_name_are_an_error()
    {
        MemoryQueryable data = new([Named("a_total", 60), Named("b_total", 60)]);
        foreach (bool delayed in (bool[])[false, true])
        {
            QueryException error = await FailsAsync(
                data, "rate({__name__=~\"._total\"}[5m])", new EngineOptions { DelayedNameRemoval = delayed });
            Assert.Equal("vector cannot contain metrics with the same labelset", error.Message);
        }
    }

    [Fact]
    public async Task Counted_values_that_differ_only_in_a_dropped_name_are_an_error_inside_the_query_too()
    {
        MemoryQueryable data = new([Gauge("a", "i", "1"), Gauge("b", "i", "1")]);
        QueryException error = await FailsAsync(
            data, "sum(-count_values by (__name__) (\"value\", {__name__=~\"a|b\"}))");
        Assert.Equal("vector cannot contain metrics with the same labelset", error.Message);
    }

    [Theory]
    [InlineData("a + on () b", "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")]
    [InlineData("b + on () a", "found duplicate series for the match group {} on the right hand-side of the operation: "
        + "[{__name__=\"a\", i=\"1\"}, {__name__=\"a\", i=\"2\"}];many-to-many matching not allowed: matching labels must be unique on one side")]
    [InlineData("a * on () group_right () b", "found duplicate series for the match group {} on the left hand-side of the operation: "
        + "[{__name__=\"a\", i=\"1\"}, {__name__=\"a\", i=\"2\"}];many-to-many matching not allowed: matching labels must be unique on one side")]
    [InlineData("a * on () group_left (i) b", "multiple matches for labels: grouping labels must ensure unique matches")]
    public async Task Ambiguous_matches_are_refused_with_the_series_concerned(string query, string message)
    {
        MemoryQueryable data = new([Gauge("a", "i", "1"), Gauge("a", "i", "2"), Gauge("b", "j", "1")]);
        QueryException error = await FailsAsync(data, query);
        Assert.Equal(QueryErrorKind.Execution, error.Kind);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("counter", 0)]
    [InlineData("histogram", 0)]
    [InlineData("gauge", 1)]
    public async Task Where_series_carry_their_types_a_rate_goes_by_them_and_not_by_names(string type, int hints)
    {
        MemorySeries series = new(Labels.FromStrings("__name__", "requests", "__type__", type));
        series.Samples[0] = 1;
        series.Samples[Minute] = 2;
        QueryResult result = await Engine(new EngineOptions { TypeAndUnitLabels = true }).InstantAsync(
            new MemoryQueryable([series]), "rate(requests[5m])", Minute, QueryOptions.Default, Cancel);
        Assert.Equal(hints, result.Annotations.Infos.Count);
        Assert.All(result.Annotations.Infos, static text => Assert.Equal(
            "PromQL info: metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", "
            + "got \"gauge\": \"requests\" (1:6)",
            text));
    }

    [Theory]
    [InlineData(true, "-requests", "{job=\"a\"}")]
    [InlineData(false, "-requests", "{job=\"a\"}")]
    [InlineData(true, "requests * requests", "{job=\"a\"}")]
    [InlineData(true, "sum without (job) (requests)", "{__type__=\"gauge\", __unit__=\"bytes\"}")]
    [InlineData(true, "requests", "requests{__type__=\"gauge\", __unit__=\"bytes\", job=\"a\"}")]
    public async Task Type_and_unit_go_with_the_name(bool delayed, string query, string expected)
    {
        MemorySeries series = new(
            Labels.FromStrings("__name__", "requests", "__type__", "gauge", "__unit__", "bytes", "job", "a"));
        series.Samples[0] = 1;
        EngineOptions options = new() { TypeAndUnitLabels = true, DelayedNameRemoval = delayed };
        QueryResult result = await Engine(options).InstantAsync(
            new MemoryQueryable([series]), query, 0, QueryOptions.Default, Cancel);
        Assert.Equal(expected, Assert.IsType<VectorValue>(result.Value).Labels[0].ToString());
    }

    public void Dispose() => _engines.ForEach(static engine => engine.Dispose());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Engine Engine(EngineOptions? options = null, TimeProvider? time = null)
    {
        Engine engine = new(options ?? new EngineOptions(), time ?? TimeProvider.System);
        _engines.Add(engine);
        return engine;
    }

    private Task<QueryResult> InstantAsync(IQueryable data, string query, EngineOptions? options = null) =>
        Engine(options).InstantAsync(data, query, 59 * Minute, QueryOptions.Default, Cancel);

    private Task<QueryException> FailsAsync(IQueryable data, string query, EngineOptions? options = null) =>
        Assert.ThrowsAsync<QueryException>(() => InstantAsync(data, query, options));

    private static MemoryQueryable Counters(int series, int minutes) => new([.. Series(series, minutes)]);

    private static MemoryQueryable Renamed(string name) => new([Named(name, 60)]);

    private static IEnumerable<MemorySeries> Series(int count, int minutes)
    {
        for (int index = 0; index < count; index++)
        {
            yield return Fill(Labels.FromStrings("__name__", "requests_total", "instance", $"host-{index}"), minutes);
        }
    }

    private static MemorySeries Named(string name, int minutes) => Fill(Labels.FromStrings("__name__", name), minutes);

    private static MemorySeries Gauge(string name, string label, string value) =>
        Fill(Labels.FromStrings("__name__", name, label, value), 60);

    private static MemorySeries Fill(Labels labels, int minutes)
    {
        MemorySeries series = new(labels);
        for (int minute = 0; minute < minutes; minute++)
        {
            series.Samples[minute * Minute] = minute;
        }

        return series;
    }
}
