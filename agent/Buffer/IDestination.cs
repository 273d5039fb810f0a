using AmpEdge.Prometheus;
using AmpEdge.Wal;

namespace AmpEdge.Agent.Buffer;

/// <summary>What the buffer knows of a consumer of its samples.</summary>
internal interface IDestination
{
    /// <summary>The destination's name, for metrics and messages.</summary>
    string Name { get; }

    /// <summary>Everything before this may be deleted without loss. Thread-safe and quick.</summary>
    SamplePosition Needed { get; }

    /// <summary>Its own bounds, within those of the whole buffer.</summary>
    BufferBounds Bounds { get; }

    /// <summary>
    /// Offers a record that was just written, under the buffer's commit lock: the destination takes all of it or none,
    /// never waits, and reads from the disk what it did not take.
    /// </summary>
    void Offer(in SampleColumns samples, WalPosition record, WalPosition end);

    /// <summary>The number may from now on stand for another series; under the buffer's commit lock.</summary>
    void Forget(SeriesRef series);

    /// <summary>
    /// Segments before this one are given up, for all or for this destination: nothing more is read of them, and none of them is
    /// needed. Returns up to where they were read, delivered or not; what is behind that is lost.
    /// </summary>
    SamplePosition GiveUpBefore(SegmentIndex firstKept);

    /// <summary>So many samples were lost by giving up segments.</summary>
    void CountLost(long samples, LossReason reason);
}
