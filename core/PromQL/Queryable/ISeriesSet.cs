using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>A forward-only walk over selected series. A series whose samples nobody wants is never decoded.</summary>
public interface ISeriesSet : IDisposable
{
    /// <summary>Goes to the next series; false at the end.</summary>
    bool MoveNext();

    /// <summary>The label set of the current series.</summary>
    Labels Labels { get; }

    /// <summary>
    /// Appends the samples of the current series to <paramref name="samples"/>, ascending in time, each time once,
    /// staleness markers included. At least those between the start and end of the hints; others may be there too.
    /// </summary>
    void Decode(SampleBuffer samples);

    /// <summary>
    /// An empty place for series that are to be decoded by other threads; null when this store decodes a series only while the
    /// walk is at it.
    /// </summary>
    ISeriesHold? NewHold() => null;
}
