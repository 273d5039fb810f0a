namespace AmpEdge.PromQL;

/// <summary>
/// Evaluates PromQL over an <see cref="IQueryable"/>. A query is evaluated series by series over its whole range; an
/// instant query is a range of one step. Thread-safe.
/// </summary>
/// <remarks>
/// Steps of a query: parse; wait for a turn; open the data between the earliest and latest time that any selector
/// needs; evaluate (<see cref="Evaluator"/>); shape the result.
/// </remarks>
public sealed class Engine : IDisposable
{
    /// <summary>The longest that a timer of the runtime can be set to: 49 days. A longer time-out is as good as none.</summary>
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1L);

    /// <summary>More threads that read would wait for the one that computes.</summary>
    private const int MostReaders = 4;

    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turns;

    public Engine(EngineOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _turns = new SemaphoreSlim(options.MaxConcurrency);
    }

    /// <summary>How many more queries may start at once.</summary>
    public int FreeTurns => _turns.CurrentCount;

    /// <summary>Evaluates a query at one time, in milliseconds since the epoch.</summary>
    /// <exception cref="QueryException">The query cannot be parsed or evaluated, or was stopped.</exception>
    public Task<QueryResult> InstantAsync(
        IQueryable queryable, string query, long timeMs, QueryOptions options, CancellationToken cancel)
    {
        return RunAsync(queryable, query, Parse(query), StepRange.Instant(timeMs), options, cancel);
    }

    /// <summary>
    /// Evaluates a query at <paramref name="startMs"/>, one <paramref name="stepMs"/> later, and so on until
    /// <paramref name="endMs"/>, inclusive. The result is always a matrix.
    /// </summary>
    /// <exception cref="QueryException">The query cannot be parsed or evaluated, or was stopped.</exception>
    public Task<QueryResult> RangeAsync(
        IQueryable queryable,
        string query,
        long startMs,
        long endMs,
        long stepMs,
        QueryOptions options,
        CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepMs);
        ArgumentOutOfRangeException.ThrowIfLessThan(endMs, startMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((endMs - startMs) / stepMs, Array.MaxLength);
        Expr expr = Parse(query);
        if (expr.Type is not (ExprType.Scalar or ExprType.Vector))
        {
            string type = expr.Type == ExprType.Matrix ? "range vector" : "string";
            throw new QueryException(
                QueryErrorKind.BadData,
                $"invalid expression type \"{type}\" for range query, must be Scalar or instant Vector");
        }

        return RunAsync(queryable, query, expr, new StepRange(startMs, endMs, stepMs), options, cancel);
    }

    public void Dispose() => _turns.Dispose();

    private Expr Parse(string query) => PromQLParser.Parse(query, _options.Parser).TryGet(out Expr? expr, out string? error)
        ? expr
        : throw new QueryException(QueryErrorKind.BadData, error);

    private async Task<QueryResult> RunAsync(
        IQueryable queryable, string query, Expr expr, StepRange steps, QueryOptions options, CancellationToken cancel)
    {
        TimeSpan timeout = options.Timeout is { } asked && asked < _options.Timeout ? asked : _options.Timeout;
        timeout = timeout < s_longestTimer ? timeout : s_longestTimer;
        EngineOptions effective = options.LookbackDelta is { } lookback && lookback > TimeSpan.Zero
            ? _options with { LookbackDelta = lookback }
            : _options;
        using CancellationTokenSource late = new(timeout, _time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        long queuedAt = _time.GetTimestamp();
        string where = "query queue";
        try
        {
            await _turns.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                where = "expression evaluation";
                TimeSpan queueTime = _time.GetElapsedTime(queuedAt);
                return await Task.Run(
                    () => Evaluate(queryable, query, expr, steps, effective, options, queueTime, stop.Token), stop.Token)
                    .ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException stopped) when (stop.IsCancellationRequested)
        {
            throw cancel.IsCancellationRequested
                ? new QueryException(QueryErrorKind.Canceled, $"query was canceled in {where}", stopped)
                : new QueryException(QueryErrorKind.Timeout, $"query timed out in {where}", stopped);
        }
    }

    private QueryResult Evaluate(
        IQueryable queryable,
        string query,
        Expr expr,
        StepRange steps,
        EngineOptions options,
        QueryOptions own,
        TimeSpan queueTime,
        CancellationToken stop)
    {
        long startedAt = _time.GetTimestamp();
        QueryTimeSpan span = QueryTimeSpan.Of(expr, steps, options);
        using EvaluationContext context = new(
            query, steps, queryable.OpenQuerier(span.MinMs, span.MaxMs), options, stop, own)
        {
            Statistics = HistogramStatistics.Of(expr),
            Labels = options.TypeAndUnitLabels ? NeededLabels.All : NeededLabels.Of(expr),
            Readers = Math.Clamp((options.Processors / (_options.MaxConcurrency - _turns.CurrentCount)) - 1, 0, MostReaders),
        };
        QueryValue value = ResultShaper.Shape(expr, new Evaluator(context, steps));
        QueryStatistics statistics = new(
            context.Budget.TotalSamples, context.Budget.Peak, queueTime, _time.GetElapsedTime(startedAt))
        {
            SamplesPerStep = context.Budget.SamplesPerStep(),
        };
        return new QueryResult(value, context.Annotations.Finish(), statistics);
    }
}
