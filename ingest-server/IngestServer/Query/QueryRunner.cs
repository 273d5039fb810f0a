using AmpEdge.IngestServer.QueryLogging;
using AmpEdge.PromQL;
using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary>Runs queries: through the gate, by the engine, counted and logged, and their answers written.</summary>
internal sealed class QueryRunner(Engine engine, QueryGate gate, QueryMetrics metrics, QueryLogger queryLog, bool countsPerStep)
{
    private readonly Engine _engine = engine;
    private readonly QueryGate _gate = gate;
    private readonly QueryMetrics _metrics = metrics;
    private readonly QueryLogger _queryLog = queryLog;

    /// <summary>Samples are told by step to who asks for all statistics: the feature <c>promql-per-step-stats</c>.</summary>
    private readonly bool _countsPerStep = countsPerStep;

    public async Task<ApiError?> RunAsync(ApiCall call, QueryCall query)
    {
        using QueryGate.Pass? pass = _gate.TryEnter();
        if (pass is null)
        {
            return _gate.Refusal;
        }

        QueryResult result;
        try
        {
            result = await EvaluateAsync(call, query);
        }
        catch (QueryException failed)
        {
            _metrics.CountFailure(failed.Kind);
            if (failed.Kind != QueryErrorKind.BadData)
            {
                _queryLog.Log(call, query, statistics: null, failed.Message);
            }

            throw;
        }

        _metrics.Count(result.Statistics, call.Workspace);
        _queryLog.Log(call, query, result.Statistics, error: null);
        await ResultWriter.WriteAsync(call.Response, result, query);
        return null;
    }

    private Task<QueryResult> EvaluateAsync(ApiCall call, QueryCall query)
    {
        QueryOptions options = _countsPerStep ? query.Options : query.Options with { CountSamplesPerStep = false };
        return query.StepMs == 0
            ? _engine.InstantAsync(call.Workspace.Queryable, query.Text, query.StartMs, options, call.Cancel)
            : _engine.RangeAsync(
                call.Workspace.Queryable, query.Text, query.StartMs, query.EndMs, query.StepMs, options, call.Cancel);
    }
}
