namespace AmpEdge.PromQL;

/// <summary>What all nodes of one query share: the data, the limits, the time of the query, and its annotations.</summary>
internal sealed class EvaluationContext : IDisposable
{
    private readonly CancellationToken _stop;
    private readonly List<IDisposable> _owned = [];

    public EvaluationContext(
        string query, StepRange steps, IQuerier querier, EngineOptions options, CancellationToken stop,
        QueryOptions? own = null)
    {
        Steps = steps;
        Querier = querier;
        Options = options;
        Budget = new QueryBudget(options.MaxSamples, own ?? QueryOptions.Default, steps);
        Annotations = new AnnotationWriter(query);
        _stop = stop;
        _owned.Add(querier);
    }

    /// <summary>The evaluation times of the whole query: what <c>@ start()</c> and <c>@ end()</c> mean.</summary>
    public StepRange Steps { get; }

    public IQuerier Querier { get; }

    public EngineOptions Options { get; }

    /// <summary>See <see cref="HistogramStatistics"/>.</summary>
    public HistogramStatistics Statistics { get; init; } = HistogramStatistics.None;

    /// <summary>Which labels of selectors matter.</summary>
    public NeededLabels Labels { get; init; } = NeededLabels.All;

    public QueryBudget Budget { get; }

    public AnnotationWriter Annotations { get; }

    public CancellationToken Stop => _stop;

    /// <summary>How many other processors are likely to be idle, so that as many threads may read series.</summary>
    public int Readers { get; init; }

    public long LookbackMs => (long)Options.LookbackDelta.TotalMilliseconds;

    /// <summary>Takes charge of disposing what lives as long as the query.</summary>
    public T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    /// <summary>Called once per series: a query stops soon after its time is over or its caller is gone.</summary>
    public void ThrowIfStopped() => _stop.ThrowIfCancellationRequested();

    public void Dispose()
    {
        for (int index = _owned.Count - 1; index >= 0; index--)
        {
            _owned[index].Dispose();
        }

        _owned.Clear();
    }
}
