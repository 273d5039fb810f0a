using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A range vector, pulled series by series: all samples that any window needs, decoded once.</summary>
internal abstract class RangeSource(RangeWindowing windowing)
{
    public RangeWindowing Windowing { get; } = windowing;

    /// <summary>The samples of the current series without staleness markers.</summary>
    public SampleBuffer Samples { get; } = new();

    public abstract Labels Labels { get; }

    /// <summary>See <see cref="SeriesStream.DropName"/>.</summary>
    public abstract bool DropName { get; }

    /// <summary>See <see cref="SeriesStream.NamesVary"/>.</summary>
    public abstract bool NamesVary { get; }

    /// <summary>Goes to the next series that has samples; false at the end.</summary>
    public abstract bool MoveNext();
}
