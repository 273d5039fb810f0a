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

    /// <summary>Everything before this was read from the buffer, though not all of it is delivered yet.</summary>
    SamplePosition ReadUpTo { get; }

    /// <summary>
    /// Offers a record that was just written, under the buffer's commit lock: the destination takes all of it or none,
    /// never waits, and reads from the disk what it did not take.
    /// </summary>
    void Offer(in SampleColumns samples, WalPosition record, WalPosition end);

    /// <summary>The number may from now on stand for another series; under the buffer's commit lock.</summary>
    void Forget(SeriesRef series);

    /// <summary>Segments before this one are gone, and with them that many samples that were not read yet.</summary>
    void SegmentsShed(SegmentIndex firstKept, long lostSamples);
}
