using System.Diagnostics;
using AmpEdge.Agent.Budget;
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

    private readonly Sending _sending;
    private readonly DestinationOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Action _advanced;
    private readonly BatchEncoder _encoder;
    private readonly EntryPlace[] _batch;

    /// <summary>Parts of a refused batch that were not sent yet, the next one last.</summary>
    private readonly Stack<(int Start, int Count)> _parts = [];

    public Shard(Sending sending, MemoryBudget memory, Random random, Action advanced)
    {
        _sending = sending;
        _options = sending.Options;
        _time = sending.Time;
        _random = random;
        _advanced = advanced;
        _encoder = new BatchEncoder(_options, sending.Series, sending.Metadata, sending.Time, memory);
        _batch = new EntryPlace[_options.Queue.MaxSamplesPerSend];
        Queue = new ShardQueue(_options.Queue.EntriesPerShard, sending.Series, memory, _options.Queue.MaxSamplesPerSend);
    }

    public ShardQueue Queue { get; }

    /// <summary>The memory that is kept to encode the same series again. Any thread may ask.</summary>
    public long EncodedBytes => _encoder.KeptBytes;

    /// <summary>
    /// Sends until <paramref name="stop"/>; then a request in flight is awaited, unless <paramref name="abort"/> fires too.
    /// While <paramref name="flush"/> is on, batches do not wait to be filled, and an empty queue ends the loop.
    /// </summary>
    public async Task RunAsync(Func<bool> flush, CancellationToken stop, CancellationToken abort)
    {
        while (!stop.IsCancellationRequested)
        {
            await WaitForBatchAsync(flush, stop);
            int count = Queue.PeekFirst(_batch);
            if (count > 0)
            {
                int done = await DeliverAsync(count, stop, abort);
                Array.Clear(_batch, 0, count);
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
        Queue.WakeAt(1);
        while (Queue.Count == 0 && !flush())
        {
            await Queue.Added.WaitAsync(stop);
        }

        // Each scrape adds something: being woken for what does not fill the batch is most of what a small agent would do.
        long firstAt = _time.GetTimestamp();
        Queue.WakeAt(_batch.Length);
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

    /// <summary>Deals with a beginning of the batch, as much as a request holds; returns how many entries that were.</summary>
    private async Task<int> DeliverAsync(int count, CancellationToken stop, CancellationToken abort)
    {
        int tooOld = CountWhileOld(count, old: true);
        if (tooOld > 0)
        {
            _sending.DropTooOld(tooOld);
            return tooOld;
        }

        int whole = 0;
        int requests = 0;
        _parts.Clear();
        _parts.Push((0, CountWhileOld(count, old: false)));
        while (_parts.TryPop(out (int Start, int Count) part))
        {
            (int encoded, WriteAnswer answer) = await SendUntilAnsweredAsync(part.Start, part.Count, requests > 0, stop, abort);
            if (requests == 0)
            {
                // What did not fit the first request stays in the queue.
                whole = encoded;
            }
            else if (encoded < part.Count)
            {
                _parts.Push((part.Start + encoded, part.Count - encoded));
            }

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
                _sending.Account(answer, _batch.AsSpan(part.Start, encoded));
            }
        }

        return whole;
    }

    /// <summary>How many entries at the beginning of the batch are over the age limit, or under it.</summary>
    private int CountWhileOld(int count, bool old)
    {
        TimeSpan limit = _options.Queue.SampleAgeLimit;
        if (limit <= TimeSpan.Zero)
        {
            return old ? 0 : count;
        }

        long oldestMs = (_time.GetUtcNow() - limit).ToUnixTimeMilliseconds();
        int found = 0;
        while (found < count && (_batch[found].Entry.TimestampMs < oldestMs) == old)
        {
            found++;
        }

        // Between the two questions a sample may have become too old: it is sent then, rather than stopping here.
        return old ? found : Math.Max(found, 1);
    }

    /// <summary>
    /// Encodes as many of the entries as a request holds and sends them until there is an answer that repeating does not change;
    /// returns how many those were.
    /// </summary>
    private async Task<(int Encoded, WriteAnswer Answer)> SendUntilAnsweredAsync(
        int start, int count, bool isPart, CancellationToken stop, CancellationToken abort)
    {
        int encoded = _encoder.Encode(_batch.AsSpan(start, count), _sending.Version.Current, isPart);
        WriteAnswer answer = await RepeatAsync(encoded, stop, abort);
        if (answer.Verdict == WriteVerdict.WrongVersion)
        {
            _sending.FallBack(answer);
            encoded = _encoder.Encode(_batch.AsSpan(start, count), _sending.Version.Current, isPart);
            answer = await RepeatAsync(encoded, stop, abort);
        }

        return (encoded, answer);
    }

    private async Task<WriteAnswer> RepeatAsync(int entries, CancellationToken stop, CancellationToken abort)
    {
        TimeSpan turn = _sending.RateLimit.Reserve(entries);
        if (turn > TimeSpan.Zero)
        {
            await Task.Delay(turn, _time, stop);
        }

        Backoff retries = new(_options.Queue.MinBackoff, _options.Queue.MaxBackoff, _random);
        Backoff parking = new(Sending.MinParking, Sending.MaxParking, _random);
        for (int attempt = 0; ; attempt++)
        {
            WriteAnswer answer = await _sending.SendAsync(_encoder, entries, attempt, abort);
            switch (answer.Verdict)
            {
                case WriteVerdict.Retry:
                    await Task.Delay(retries.Next(answer.RetryAfter), _time, stop);
                    break;
                case WriteVerdict.Parked:
                    await Task.Delay(parking.Next(answer.RetryAfter), _time, stop);
                    break;
                default:
                    return answer;
            }
        }
    }
}
