using System.Linq;
using System.Text;
using AmpEdge.IngestServer.Rules;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Rules;

public sealed class RuleGroupTests : IDisposable
{
    private const long Minute = 60_000;

    private readonly MemorySeries _input = new(Labels.FromStrings("__name__", "x", "job", "a"));
    private readonly Querier _querier;

    public RuleGroupTests() => _querier = new Querier(new MemoryQueryable([_input]));

    [Fact]
    public async Task An_alert_is_pending_then_fires_goes_on_for_a_while_and_resolves()
    {
        RuleGroup group = Group("{alert: A, expr: x > 0, for: 1m, keep_firing_for: 2m}");
        foreach ((long minute, double value) in (ReadOnlySpan<(long, double)>)[(0, 1), (1, 1), (2, 1), (3, 0), (4, 0), (5, 0), (6, 1)])
        {
            _input.Samples[minute * Minute] = value;
        }

        List<string> states = [];
        for (int minute = 0; minute <= 6; minute++)
        {
            Sink sink = new();
            Assert.Empty(await group.EvaluateAsync(_querier, sink, minute * Minute, Cancel));
            states.Add(string.Join(' ', sink.Samples
                .Where(static sample => sample.Labels.MetricName == "ALERTS")
                .Select(static sample => sample.Labels.GetString("alertstate") + (StaleMarker.IsStale(sample.Value) ? " ends" : ""))));
        }

        Assert.Equal(["pending", "firing pending ends", "firing", "firing", "firing", "firing ends", "pending"], states);
    }

    [Fact]
    public async Task An_alert_has_the_labels_of_its_series_and_its_rule_and_a_series_for_its_state()
    {
        RuleGroup group = Group("{alert: A, expr: x * 2, labels: {severity: '{{ $labels.job }}-{{ $value }}', none: ''}}");
        _input.Samples[Minute] = 21;
        Sink sink = new();
        await group.EvaluateAsync(_querier, sink, Minute, Cancel);
        Assert.Equal(
            [
                "ALERTS{alertname=\"A\", alertstate=\"firing\", job=\"a\", severity=\"a-42\"}",
                "ALERTS_FOR_STATE{alertname=\"A\", job=\"a\", severity=\"a-42\"}",
            ],
            sink.Samples.Select(static sample => sample.Labels.ToString()));
        Assert.Equal([1, 60], sink.Samples.Select(static sample => sample.Value));
    }

    [Theory]
    [InlineData("{record: r, expr: 'label_replace(x, \"job\", \"b\", \"\", \"\") or x', labels: {job: c}}",
        "vector contains metrics with the same labelset after applying rule labels")]
    [InlineData("{alert: r, expr: 'label_replace(x, \"job\", \"b\", \"\", \"\") or x', labels: {job: c}}",
        "vector contains metrics with the same labelset after applying alert labels")]
    [InlineData("{record: r, expr: 'x[5m:1m]'}", "rule result is not a vector or scalar")]
    [InlineData("{record: r, expr: 'x + on (none) group_left (x) (x or vector(1))'}", null)]
    public async Task A_rule_that_fails_says_why_and_records_nothing(string rule, string? problem)
    {
        RuleGroup group = Group(rule + ", {record: s, expr: x}");
        _input.Samples[0] = 1;
        Sink sink = new();
        RuleFailure failure = Assert.Single(await group.EvaluateAsync(_querier, sink, 0, Cancel));
        Assert.Equal("r", failure.Rule);
        Assert.Equal(problem ?? failure.Problem, failure.Problem);
        Assert.Equal("s", Assert.Single(sink.Samples).Labels.MetricName);
    }

    [Theory]
    [InlineData("{record: r, expr: 'x or vector(1)'}", "exceeded limit of 1 with 2 series")]
    [InlineData("{alert: r, expr: 'x or vector(1)'}", "exceeded limit of 1 with 2 alerts")]
    public async Task A_group_has_a_limit(string rule, string problem)
    {
        RuleGroup group = Group(rule, "limit: 1, ");
        _input.Samples[0] = 1;
        Assert.Equal(problem, Assert.Single(await group.EvaluateAsync(_querier, new Sink(), 0, Cancel)).Problem);
    }

    [Fact]
    public async Task A_query_offset_looks_back_and_records_there()
    {
        RuleGroup group = Group("{record: r, expr: x}, {record: t, expr: time()}", "query_offset: 1m, ");
        _input.Samples[Minute] = 7;
        Sink sink = new();
        await group.EvaluateAsync(_querier, sink, 2 * Minute, Cancel);
        Assert.Equal([(Minute, 7.0), (Minute, 60.0)], sink.Samples.Select(static sample => (sample.TimestampMs, sample.Value)));
    }

    public void Dispose() => _querier.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RuleGroup Group(string rules, string settings = "")
    {
        RuleFile file = RuleFileReader.Read(
            "f", Encoding.UTF8.GetBytes($"groups: [{{name: g, {settings}rules: [{rules}]}}]"), RuleFileOptions.Default);
        Assert.True(file.Problems.Count == 0, string.Join('\n', file.Problems));
        return new RuleGroup(file.Groups[0], new Dictionary<string, string>(), "");
    }

    private sealed class Querier(AmpEdge.PromQL.IQueryable data) : IRuleQuerier, IDisposable
    {
        private readonly Engine _engine = new(new EngineOptions(), TimeProvider.System);

        public async Task<QueryValue> QueryAsync(string expression, long timeMs, CancellationToken cancel) =>
            (await _engine.InstantAsync(data, expression, timeMs, QueryOptions.Default, cancel)).Value;

        public void Dispose() => _engine.Dispose();
    }

    private sealed class Sink : IRuleSink
    {
        public List<RuleSample> Samples { get; } = [];

        public void Append(in RuleSample sample) => Samples.Add(sample);
    }
}
