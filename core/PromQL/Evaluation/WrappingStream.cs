using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// A stream that passes on the rows of another one, changed in place. Native histograms are left out unless the wrapper
/// says otherwise.
/// </summary>
internal abstract class WrappingStream(SeriesStream source) : SeriesStream
{
    public override Labels Labels => Source.Labels;

    public override bool DropName => Source.DropName;

    public override Span<double> Values => Source.Values;

    public override bool NamesVary => Source.NamesVary;

    protected SeriesStream Source { get; } = source;

    public override bool MoveNext() => Source.MoveNext();
}
