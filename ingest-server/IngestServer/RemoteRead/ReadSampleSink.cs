using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.RemoteRead;

/// <summary>Writes samples into the series that is open in an answer, as long as the limit allows.</summary>
/// <param name="answer">The answer, with an open series.</param>
/// <param name="scratch">For one histogram at a time.</param>
/// <param name="left">How many samples more the query may be answered with.</param>
internal struct ReadSampleSink(ByteBuffer answer, ByteBuffer scratch, long left) : ISampleSink
{
    private readonly ByteBuffer _answer = answer;
    private readonly ByteBuffer _scratch = scratch;

    /// <summary>Below zero once there were more than the limit allows.</summary>
    public long Left { get; private set; } = left;

    public void Add(long timestampMs, double value)
    {
        if (--Left >= 0)
        {
            WriteRequestV1Writer.AppendSample(_answer, timestampMs, value);
        }
    }

    public void Add(long timestampMs, Histogram histogram)
    {
        if (--Left >= 0)
        {
            _scratch.Clear();
            HistogramMessageWriter.Write(_scratch, histogram, timestampMs);
            WriteRequestV1Writer.AppendHistogram(_answer, _scratch.Written);
        }
    }
}
