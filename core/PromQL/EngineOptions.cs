namespace AmpEdge.PromQL;

/// <summary>Limits and defaults of an engine. A query may lower them with <see cref="QueryOptions"/>.</summary>
public sealed record EngineOptions
{
    /// <summary>How long after its sample a series still has that value.</summary>
    public TimeSpan LookbackDelta { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest a query may run.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The greatest number of samples that a query may hold in memory at one time.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>The greatest number of queries evaluated at the same time; others wait.</summary>
    public int MaxConcurrency { get; init; } = 20;

    /// <summary>How many processors there are. Those that the queries being evaluated leave idle help them to read series.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>The step of a subquery that names none: <c>[5m:]</c>.</summary>
    public TimeSpan DefaultSubqueryStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Keeps the metric name until the end of the evaluation, where the functions in between would drop it at once.
    /// Off as in a Prometheus without the feature <c>promql-delayed-name-removal</c>.
    /// </summary>
    public bool DelayedNameRemoval { get; init; }

    /// <summary>
    /// Series carry the labels <c>__type__</c> and <c>__unit__</c> (the feature <c>type-and-unit-labels</c>), so a hint that
    /// a metric is no counter goes by its type instead of its name.
    /// </summary>
    public bool TypeAndUnitLabels { get; init; }

    /// <summary>Which experimental parts of the language queries may use.</summary>
    public ParserOptions Parser { get; init; } = ParserOptions.Default;
}
