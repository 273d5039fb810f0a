using AmpEdge.Hosting;
using AmpEdge.IngestServer.DataPlane;
using AmpEdge.IngestServer.Query;
using AmpEdge.IngestServer.Workspaces;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;
using AmpEdge.Tsdb;
using Microsoft.Extensions.Logging;

namespace AmpEdge.IngestServer.Federation;

/// <summary>
/// <c>/federate</c>: the last sample of each selected series, as a page that another Prometheus scrapes. A series whose last
/// sample is older than the lookback, or marks its end, is left out. Errors are plain text, as a scraper shows them.
/// </summary>
internal sealed class FederationEndpoint
{
    private const int FlushAtBytes = 64 * 1024;

    private readonly TimeSpan _lookback;
    private readonly QueryGate _gate;
    private readonly TimeProvider _time;
    private readonly CounterMetric _errors;
    private readonly ILogger _log;

    public FederationEndpoint(TimeSpan lookback, QueryGate gate, MetricRegistry metrics, TimeProvider time, ILogger log)
    {
        _lookback = lookback;
        _gate = gate;
        _time = time;
        _log = log;
        _errors = metrics.Counter(
            "prometheus_web_federation_errors_total", "Errors that occurred while federation answers were sent.");
    }

    public async Task AnswerAsync(DataPlaneCall call)
    {
        HttpContext context = call.Context;
        if (!RequestParameters.TryParse(
                context.Request.QueryString.Value, default, out RequestParameters parameters, out string problem))
        {
            await context.WriteTextAsync(StatusCodes.Status400BadRequest, $"error parsing form values: {problem}");
            return;
        }

        List<IReadOnlyList<Matcher>> selectors = [];
        foreach (string selector in parameters.GetAll(MatcherParameter.Name))
        {
            if (PromQLParser.ParseMetricSelector(selector, out string? error) is not { } matchers)
            {
                await context.WriteTextAsync(StatusCodes.Status400BadRequest, error ?? "");
                return;
            }

            selectors.Add(matchers);
        }

        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            await context.WriteTextAsync(StatusCodes.Status503ServiceUnavailable, _gate.Refusal.Message);
            return;
        }

        await AnswerAsync(call, selectors);
    }

    private async Task AnswerAsync(DataPlaneCall call, List<IReadOnlyList<Matcher>> selectors)
    {
        HttpContext context = call.Context;
        List<FederatedSample> samples;
        try
        {
            samples = Read(call.Workspace, selectors, context.RequestAborted);
        }
        catch (IOException failed)
        {
            _errors.Increment();
            QueryLog.ReadFailed(_log, failed, call.Workspace.Id);
            await context.WriteTextAsync(StatusCodes.Status500InternalServerError, failed.Message);
            return;
        }

        await WriteAsync(context, samples, FederationFormat.Choose(context.Request.Headers.Accept.ToString()));
    }

    /// <summary>Ordered by name, the series of one name by their labels.</summary>
    private List<FederatedSample> Read(
        Workspace workspace, List<IReadOnlyList<Matcher>> selectors, CancellationToken cancel)
    {
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        long oldestMs = nowMs - (long)_lookback.TotalMilliseconds;
        List<FederatedSample> samples = [];
        HashSet<Labels>? seen = selectors.Count > 1 ? [] : null;
        using DatabaseQuerier querier = workspace.Database.NewQuerier(cancel);
        foreach (IReadOnlyList<Matcher> matchers in selectors)
        {
            SelectedSeries series = querier.Select(matchers, oldestMs, nowMs);
            while (series.MoveNext())
            {
                cancel.ThrowIfCancellationRequested();
                if (seen?.Contains(series.Labels) is true)
                {
                    continue;
                }

                LastSampleSink last = new();
                series.Decode(ref last);
                string name = last.HasSample && !last.IsStale ? series.Labels.MetricName : "";

                // A series without a name cannot stand on a page.
                if (name.Length > 0)
                {
                    seen?.Add(series.Labels);
                    samples.Add(new FederatedSample(series.Labels, name, last.TimestampMs, last.Value, last.Histogram));
                }
            }
        }

        samples.Sort(static (left, right) =>
            Utf8Order.Instance.Compare(left.Name, right.Name) is not 0 and var order
                ? order
                : left.Series.CompareTo(right.Series));
        return samples;
    }

    private static async Task WriteAsync(HttpContext context, List<FederatedSample> samples, FederationFormat format)
    {
        FederationPage page = new(format);
        AnswerBody body = new(context);
        context.Response.ContentType = format.ContentType;
        foreach (FederatedSample sample in samples)
        {
            if (!page.Takes(in sample))
            {
                continue;
            }

            page.Add(in sample);
            if (page.Bytes.Length >= FlushAtBytes)
            {
                await body.WriteAsync(page.Bytes.WrittenMemory);
                page.Bytes.Clear();
            }
        }

        page.End();
        await body.EndAsync(page.Bytes.WrittenMemory);
    }
}
