using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Encodes samples as the body of a write request: remote write 1.0, Snappy. Reusable; not thread-safe.</summary>
internal sealed class BatchEncoder(int maxBodyBytes)
{
    /// <summary>How many times its compressed size a request may have: receivers limit that too.</summary>
    private const int MaxExpansion = 16;

    private readonly ByteBuffer _message = new(64 << 10);
    private byte[] _body = [];
    private bool _bodyIsShared;

    /// <summary>The encoded body; valid until the next call, or for as long as it takes after <see cref="LeaveBody"/>.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>
    /// Encodes as many of the samples as the body may hold, one at least, and returns how many those are.
    /// </summary>
    public int Encode(ReadOnlySpan<QueuedSample> samples)
    {
        int count = samples.Length;
        while (true)
        {
            count = Append(samples[..count]);
            int length = Compress();
            if (length <= maxBodyBytes || count == 1)
            {
                Body = _body.AsMemory(0, length);
                return count;
            }

            // By the ratio of this try, with a reserve, because the ratio is not the same everywhere.
            count = Math.Clamp((int)((long)count * maxBodyBytes / length * 9 / 10), 1, count - 1);
        }
    }

    /// <summary>The body may still be read by a request that ended early: the next one gets an array of its own.</summary>
    public void LeaveBody() => _bodyIsShared = true;

    private int Append(ReadOnlySpan<QueuedSample> samples)
    {
        _message.Clear();
        int count = 0;
        foreach (ref readonly QueuedSample sample in samples)
        {
            long length = (long)_message.Length + sample.LabelBlock.Length + WriteRequestV1Writer.MaxSeriesOverhead;
            if (count > 0 && length > (long)maxBodyBytes * MaxExpansion)
            {
                break;
            }

            WriteRequestV1Writer.AppendTimeSeries(_message, sample.LabelBlock, sample.TimestampMs, sample.Value);
            count++;
        }

        return count;
    }

    private int Compress()
    {
        int needed = Snappy.MaxEncodedLength(_message.Length);
        if (_bodyIsShared || _body.Length < needed)
        {
            _body = new byte[Math.Max(needed, _body.Length)];
            _bodyIsShared = false;
        }

        return Snappy.Encode(_message.Written, _body);
    }
}
