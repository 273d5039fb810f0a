using System.Collections.Concurrent;
using System.Globalization;

namespace AmpEdge.Hosting;

/// <summary>The metric children of one route.</summary>
internal sealed class RouteMetrics
{
    private readonly ConcurrentDictionary<int, CounterMetric> _requestsByCode = new();
    private readonly Func<int, CounterMetric> _create;

    public RouteMetrics(string pattern, MetricFamily<CounterMetric> requests, HistogramMetric duration)
    {
        Duration = duration;
        _create = code => requests.With(pattern, code.ToString(CultureInfo.InvariantCulture));
    }

    public HistogramMetric Duration { get; }

    public CounterMetric Requests(int code) => _requestsByCode.GetOrAdd(code, _create);
}
