using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Sends the samples of the series that fall to it, in order, one request in flight. A batch stays in the queue until every
/// sample of it is delivered, or refused and counted.
/// </summary>
internal sealed class Shard
{
    /// <summary>How many requests a refused batch may cost while the guilty samples are looked for; then the rest of it is dropped.</summary>
    private const int MaxSplitRequests = 512;

    private readonly DestinationOptions _options;
    private readonly WriteClient _client;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly RemoteWriteMetrics _metrics;
    private readonly QueueProgress _progress;
    private readonly ILogger _logger;
    private readonly Action _advanced;
    private readonly BatchEncoder _encoder;
    private readonly QueuedSample[] _batch;

    /// <summary>Parts of a refused batch that were not sent yet, the next one last.</summary>
    private readonly Stack<(int Start, int Count)> _parts = [];

    public Shard(
        DestinationOptions options,
        WriteClient client,
        TimeProvider time,
        Random random,
        RemoteWriteMetrics metrics,
        QueueProgress progress,
        ILogger logger,
        Action advanced)
    {
        _options = options;
        _client = client;
        _time = time;
        _random = random;
        _metrics = metrics;
        _progress = progress;
        _logger = logger;
        _advanced = advanced;
        _encoder = new BatchEncoder(options.MaxBodyBytes);
        _batch = new QueuedSample[options.Queue.MaxSamplesPerSend];
        Queue = new ShardQueue(Math.Max(options.Queue.Capacity, options.Queue.MaxSamplesPerSend));
    }

    public ShardQueue Queue { get; }

    /// <summary>
    /// Sends until <paramref name="stop"/>; then a request in flight is awaited, unless <paramref name="abort"/> fires too.
    /// While <paramref name="flush"/> is on, batches do not wait to be filled, and an empty queue ends the loop.
    /// </summary>
    public async Task RunAsync(Func<bool> flush, CancellationToken stop, CancellationToken abort)
    {
        while (!stop.IsCancellationRequested)
        {
            await WaitForBatchAsync(flush, stop);
            int count = Queue.CopyFirst(_batch);
            if (count > 0)
            {
                int done = await DeliverAsync(count, stop, abort);
                Queue.RemoveFirst(done);
                _advanced();
            }
            else if (flush())
            {
                return;
            }
        }
    }

    private async Task WaitForBatchAsync(Func<bool> flush, CancellationToken stop)
    {
        while (Queue.Count == 0 && !flush())
        {
            await Queue.Added.WaitAsync(stop);
        }

        long firstAt = _time.GetTimestamp();
        while (Queue.Count < _batch.Length && !flush())
        {
            TimeSpan left = _options.Queue.BatchSendDeadline - _time.GetElapsedTime(firstAt);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            await Queue.Added.WaitAsync(left, _time, stop);
        }
    }

    /// <summary>Deals with a beginning of the batch, as much as a request holds; returns how many samples that were.</summary>
    private async Task<int> DeliverAsync(int count, CancellationToken stop, CancellationToken abort)
    {
        int tooOld = CountWhileOld(count, old: true);
        if (tooOld > 0)
        {
            _metrics.DroppedTooOld.Add(tooOld);
            return tooOld;
        }

        int whole = 0;
        int requests = 0;
        _parts.Clear();
        _parts.Push((0, CountWhileOld(count, old: false)));
        while (_parts.TryPop(out (int Start, int Count) part))
        {
            int encoded = _encoder.Encode(_batch.AsSpan(part.Start, part.Count));
            if (requests == 0)
            {
                // What did not fit the first request stays in the queue.
                whole = encoded;
            }
            else if (encoded < part.Count)
            {
                _parts.Push((part.Start + encoded, part.Count - encoded));
            }

            WriteAnswer answer = await SendUntilAnsweredAsync(encoded, stop, abort);
            requests++;
            if (answer.Verdict == WriteVerdict.PartlyRefused && encoded > 1 && requests < MaxSplitRequests)
            {
                // The first half goes first: samples of one series stay in order.
                int half = encoded / 2;
                _parts.Push((part.Start + half, encoded - half));
                _parts.Push((part.Start, half));
            }
            else
            {
                Account(answer, part.Start, encoded);
            }
        }

        return whole;
    }

    /// <summary>How many samples at the beginning of the batch are over the age limit, or under it.</summary>
    private int CountWhileOld(int count, bool old)
    {
        TimeSpan limit = _options.Queue.SampleAgeLimit;
        if (limit <= TimeSpan.Zero)
        {
            return old ? 0 : count;
        }

        long oldestMs = (_time.GetUtcNow() - limit).ToUnixTimeMilliseconds();
        int found = 0;
        while (found < count && (_batch[found].TimestampMs < oldestMs) == old)
        {
            found++;
        }

        // Between the two questions a sample may have become too old: it is sent then, rather than stopping here.
        return old ? found : Math.Max(found, 1);
    }

    private async Task<WriteAnswer> SendUntilAnsweredAsync(int samples, CancellationToken stop, CancellationToken abort)
    {
        Backoff backoff = new(_options.Queue.MinBackoff, _options.Queue.MaxBackoff, _random);
        for (int attempt = 0; ; attempt++)
        {
            long startedAt = _time.GetTimestamp();
            WriteAnswer answer = await _client.SendAsync(_encoder.Body, attempt, abort);
            TimeSpan duration = _time.GetElapsedTime(startedAt);
            _metrics.SentBatchDuration.Observe(duration.TotalSeconds);
            if (answer.Verdict == WriteVerdict.Delivered)
            {
                _metrics.Bytes.Add(_encoder.Body.Length);
                _progress.Sent(samples, duration);
                NoteRecovery(attempt);
                return answer;
            }

            // An answer that came early may leave the body to be read for a while.
            _encoder.LeaveBody();
            if (answer.Verdict != WriteVerdict.Retry)
            {
                return answer;
            }

            _metrics.SamplesRetried.Add(samples);
            NoteFailure(answer);
            await Task.Delay(backoff.Next(answer.RetryAfter), _time, stop);
        }
    }

    private void Account(WriteAnswer answer, int start, int count)
    {
        if (answer.Verdict == WriteVerdict.Delivered)
        {
            _metrics.SamplesSent.Add(count);
            _progress.Delivered(_batch.AsSpan(start, count));
            return;
        }

        Debug.Assert(answer.Verdict != WriteVerdict.Retry, "what may pass is not given up");
        _metrics.Refused(answer.Reason, count);
        _progress.Refused(answer.Message);
        RemoteWriteLog.Refused(_logger, _options.Name, count, answer.Message);
    }

    private void NoteFailure(WriteAnswer answer)
    {
        if (_progress.Failed(answer.Message))
        {
            RemoteWriteLog.Retrying(_logger, _options.Name, answer.Message);
        }
    }

    private void NoteRecovery(int attempts)
    {
        if (_progress.Recovered())
        {
            RemoteWriteLog.Recovered(_logger, _options.Name, attempts);
        }
    }
}
