namespace AmpEdge.Prometheus;

/// <summary>Forms of a remote read answer; the numbers are those of the protocol.</summary>
public enum ReadResponseType
{
    /// <summary>One snappy block with every sample of every series: <c>prometheus.ReadResponse</c>.</summary>
    Samples = 0,

    /// <summary>Frames of chunks, series by series: a stream of <c>prometheus.ChunkedReadResponse</c>.</summary>
    StreamedXorChunks = 1,
}
