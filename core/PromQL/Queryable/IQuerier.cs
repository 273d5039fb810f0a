using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// One query's view of the data. Asked by one thread at a time, while series that it selected before may be walked by others,
/// each by one at a time; disposed when the query ends.
/// </summary>
public interface IQuerier : IDisposable
{
    /// <summary>The series that meet every matcher, in any order, each label set once.</summary>
    /// <exception cref="QueryException">The data cannot be read (<see cref="QueryErrorKind.Internal"/>).</exception>
    ISeriesSet Select(in SelectHints hints, IReadOnlyList<Matcher> matchers, CancellationToken cancel);
}
