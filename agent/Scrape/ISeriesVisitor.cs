using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>Is shown what the last scrape of a target was made of. The calls come under the loop's gate: be quick.</summary>
internal interface ISeriesVisitor
{
    /// <summary>A series that got a sample. The reference is valid during the call.</summary>
    void Stored(SeriesRef series);

    /// <summary>A sample that a metric relabel rule dropped.</summary>
    /// <param name="rule">The rule's place in the job's <c>metric_relabel_configs</c>, from 0.</param>
    void Dropped(int rule);
}
