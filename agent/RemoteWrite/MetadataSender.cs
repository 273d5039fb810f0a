using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Sends types, help texts and units of all metric families now and then, in requests of their own.</summary>
internal sealed class MetadataSender(
    DestinationOptions options,
    WriteClient client,
    Func<IReadOnlyList<MetricMetadata>> read,
    TimeProvider time,
    Random random,
    RemoteWriteMetrics metrics,
    WriteVersion version,
    ILogger logger)
{
    /// <summary>Then the next interval brings them anyway.</summary>
    private const int MaxAttempts = 5;

    private readonly ByteBuffer _message = new();
    private readonly ByteBuffer _entry = new();
    private readonly ByteBuffer _family = new();
    private readonly ByteBuffer _help = new();
    private readonly ByteBuffer _unit = new();

    public async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer ticks = new(LongWait.Bounded(options.Metadata.SendInterval), time);
        while (await ticks.WaitForNextTickAsync(stop))
        {
            // Version 2.0 sends it with each series.
            if (version.Current == WriteProtocol.V1)
            {
                await SendAllAsync(stop);
            }
        }
    }

    private async Task SendAllAsync(CancellationToken stop)
    {
        HashSet<string> sent = [];
        int count = 0;
        _message.Clear();
        foreach (MetricMetadata metadata in read())
        {
            // Many targets have the same families; a receiver keeps one entry of each.
            if (!sent.Add(metadata.FamilyName))
            {
                continue;
            }

            Encode(metadata);
            if (!Fits(_entry.Length))
            {
                metrics.MetadataFailed.Add(1);
                RemoteWriteLog.MetadataFailed(
                    logger, options.Name, $"what is said of {metadata.FamilyName} is longer than max_bytes_per_send ({options.Queue.MaxBytesPerSend})");
                continue;
            }

            if (count == options.Metadata.MaxSamplesPerSend || !Fits(_message.Length + _entry.Length))
            {
                await SendAsync(count, stop);
                count = 0;
                _message.Clear();
            }

            _message.Append(_entry.Written);
            count++;
        }

        if (count > 0)
        {
            await SendAsync(count, stop);
        }
    }

    /// <summary>Even if nothing of it can be compressed; entries are few, so that requests need not be filled to the brim.</summary>
    private bool Fits(int messageBytes) => Snappy.MaxEncodedLength(messageBytes) <= options.MaxBodyBytes;

    private void Encode(MetricMetadata metadata)
    {
        _entry.Clear();
        WriteRequestV1Writer.AppendMetadata(
            _entry,
            (uint)metadata.Type,
            Utf8(_family, metadata.FamilyName),
            Utf8(_help, metadata.Help),
            Utf8(_unit, metadata.Unit));
    }

    private static ReadOnlySpan<byte> Utf8(ByteBuffer buffer, string text)
    {
        buffer.Clear();
        buffer.Advance(System.Text.Encoding.UTF8.GetBytes(
            text, buffer.Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length))));
        return buffer.Written;
    }

    private async Task SendAsync(int count, CancellationToken stop)
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(_message.Length)];
        int length = Snappy.Encode(_message.Written, body);
        Backoff backoff = new(options.Queue.MinBackoff, options.Queue.MaxBackoff, random);
        for (int attempt = 0; ; attempt++)
        {
            WriteAnswer answer = await client.SendAsync(body.AsMemory(0, length), WriteProtocol.V1, attempt, stop);
            if (answer.Verdict == WriteVerdict.Delivered)
            {
                metrics.Metadata.Add(count);
                metrics.MetadataBytes.Add(length);
                return;
            }

            if (answer.Verdict is not (WriteVerdict.Retry or WriteVerdict.Parked) || attempt + 1 == MaxAttempts)
            {
                metrics.MetadataFailed.Add(count);
                RemoteWriteLog.MetadataFailed(logger, options.Name, answer.Message);
                return;
            }

            metrics.MetadataRetried.Add(count);
            await Task.Delay(backoff.Next(answer.RetryAfter), time, stop);
        }
    }
}
