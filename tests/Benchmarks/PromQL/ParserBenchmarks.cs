using AmpEdge.PromQL;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.PromQL;

/// <summary>Reading queries: a plain selector, one of a dashboard, one of an alert, and printing it back.</summary>
[MemoryDiagnoser]
public class ParserBenchmarks
{
    private const string Selector = "up{job=\"node\"}";

    private const string Dashboard =
        "sum by (instance, mode) (rate(node_cpu_seconds_total{job=\"node\",mode!=\"idle\"}[5m])) "
        + "/ on (instance) group_left () count by (instance) (node_cpu_seconds_total{mode=\"idle\"})";

    private const string Alert =
        "(node_filesystem_avail_bytes{job=\"node\",fstype!=\"\"} / node_filesystem_size_bytes{job=\"node\",fstype!=\"\"} "
        + "* 100 < 40 and predict_linear(node_filesystem_avail_bytes{job=\"node\",fstype!=\"\"}[6h], 24*60*60) < 0 and "
        + "node_filesystem_readonly{job=\"node\",fstype!=\"\"} == 0)";

    private readonly Expr _alert = PromQLParser.Parse(Alert, ParserOptions.Default).Expr!;

    [Benchmark]
    public ParseResult ParseSelector() => PromQLParser.Parse(Selector, ParserOptions.Default);

    [Benchmark]
    public ParseResult ParseDashboardQuery() => PromQLParser.Parse(Dashboard, ParserOptions.Default);

    [Benchmark]
    public ParseResult ParseAlertQuery() => PromQLParser.Parse(Alert, ParserOptions.Default);

    [Benchmark]
    public string PrintAlertQuery() => ExpressionPrinter.Print(_alert);
}
