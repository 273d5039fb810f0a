using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Builds the message of one write request, series by series, in one of the two versions.</summary>
internal interface IRequestWriter
{
    /// <summary>Where the parts of the finished message begin, for <see cref="SnappyPartsEncoder"/>; none when it would not help.</summary>
    ReadOnlySpan<int> Parts { get; }

    void Clear();

    /// <summary>Begins a series; the labels are sorted, and those of <paramref name="added"/> are merged in where a name is not there.</summary>
    void BeginSeries(ReadOnlySpan<byte> labelBlob, ReadOnlySpan<byte> added);

    void AddSample(long timestampMs, double value);

    void AddHistogram(ReadOnlySpan<byte> message);

    void AddExemplar(ReadOnlySpan<byte> labelBlob, double value, long timestampMs);

    void EndSeries();

    /// <summary>The message of the series that were ended; valid until the next one is begun.</summary>
    ReadOnlySpan<byte> Finish();
}
