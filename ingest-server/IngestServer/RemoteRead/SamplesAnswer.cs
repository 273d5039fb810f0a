using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.RemoteRead;

/// <summary>
/// A remote read answer in the form of samples: one message (<c>prometheus.ReadResponse</c>) that is made whole before it is
/// sent.
/// </summary>
/// <remarks>
/// The series of a result have the same form as those of a write request, and stand in it under the same number; so the
/// writer of those writes these.
/// </remarks>
internal sealed class SamplesAnswer(long maxSamples)
{
    private const byte ResultField = 1 << 3 | 2;

    /// <summary>No answer is larger: as a whole it has to fit into one array, and its compressed form into another.</summary>
    private const int MaxBytes = 1 << 30;

    private readonly long _maxSamples = maxSamples == 0 ? long.MaxValue : maxSamples;
    private readonly ByteBuffer _result = new();
    private readonly ByteBuffer _scratch = new();

    /// <summary>The message so far.</summary>
    public ByteBuffer Message { get; } = new();

    /// <summary>Adds the result of a query; what is wrong with it, or null.</summary>
    public string? Add(DatabaseQuerier querier, ReadQuery query, CancellationToken cancel)
    {
        _result.Clear();
        long left = _maxSamples;
        SelectedSeries series = querier.Select(query.Matchers, query.StartMs, query.EndMs);
        while (series.MoveNext())
        {
            cancel.ThrowIfCancellationRequested();
            left = AddSeries(series, query, left);
            if (left < 0)
            {
                return $"exceeded sample limit ({_maxSamples})";
            }

            if ((long)Message.Length + _result.Length > MaxBytes)
            {
                return $"the answer takes more than {MaxBytes} bytes in the form of samples: ask for streamed chunks";
            }
        }

        Message.Append(ResultField);
        Message.AppendLengthPrefixed(_result.Written);
        return null;
    }

    /// <summary>The answer as it is sent.</summary>
    public byte[] Compress(out int length)
    {
        byte[] compressed = new byte[Snappy.MaxEncodedLength(Message.Length)];
        length = Snappy.Encode(Message.Written, compressed);
        return compressed;
    }

    /// <summary>Adds a series, unless it has no sample left between the times; returns how many more samples there may be.</summary>
    private long AddSeries(SelectedSeries series, ReadQuery query, long left)
    {
        int start = WriteRequestV1Writer.BeginTimeSeries(_result);
        foreach (LabelPair label in series.Labels)
        {
            WriteRequestV1Writer.AppendLabel(_result, label.Name, label.Value);
        }

        ReadSampleSink sink = new(_result, _scratch, left);
        if (!query.WantsLabelsOnly)
        {
            series.Decode(ref sink);
            if (sink.Left == left)
            {
                _result.Truncate(start);
                return left;
            }
        }

        WriteRequestV1Writer.EndTimeSeries(_result, start);
        return sink.Left;
    }
}
