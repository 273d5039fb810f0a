namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What a destination's shards achieved so far: for the sizer, the metrics and the pages. Thread-safe.</summary>
internal sealed class QueueProgress
{
    private readonly Lock _lock = new();
    private long _samplesIn;
    private long _samplesOut;
    private long _sendTicks;
    private long _highestInMs;
    private long _highestSentMs;
    private string? _problem;
    private string? _lastRefusal;
    private bool _parked;

    /// <summary>Samples that were taken in, from memory or disk, less those that the rules dropped.</summary>
    public long SamplesIn => Interlocked.Read(ref _samplesIn);

    /// <summary>Samples in requests that were taken.</summary>
    public long SamplesOut => Interlocked.Read(ref _samplesOut);

    /// <summary>The time that those requests took, added up over all shards.</summary>
    public TimeSpan SendTime => TimeSpan.FromTicks(Interlocked.Read(ref _sendTicks));

    /// <summary>The newest sample that was scraped, in milliseconds since 1970; 0 before the first.</summary>
    public long HighestInMs => Interlocked.Read(ref _highestInMs);

    /// <summary>The newest sample that was delivered; 0 before the first.</summary>
    public long HighestSentMs => Interlocked.Read(ref _highestSentMs);

    /// <summary>Why sending fails at the moment; null while it works.</summary>
    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return _problem;
            }
        }
    }

    /// <summary>True while the destination waits for a person: its credentials are refused.</summary>
    public bool IsParked
    {
        get
        {
            lock (_lock)
            {
                return _parked;
            }
        }
    }

    /// <summary>What the receiver said when it last refused samples for good.</summary>
    public string? LastRefusal
    {
        get
        {
            lock (_lock)
            {
                return _lastRefusal;
            }
        }
    }

    public void TookIn(int samples) => Interlocked.Add(ref _samplesIn, samples);

    public void Scraped(long timestampMs) => Raise(ref _highestInMs, timestampMs);

    public void Sent(int samples, TimeSpan duration)
    {
        Interlocked.Add(ref _samplesOut, samples);
        Interlocked.Add(ref _sendTicks, duration.Ticks);
    }

    public void Delivered(ReadOnlySpan<EntryPlace> entries)
    {
        long highest = 0;
        foreach (EntryPlace place in entries)
        {
            highest = Math.Max(highest, place.Entry.TimestampMs);
        }

        Raise(ref _highestSentMs, highest);
    }

    public void Refused(string message)
    {
        lock (_lock)
        {
            _lastRefusal = message;
        }
    }

    /// <summary>True when sending worked before, or failed in the other way: the moment to say so once.</summary>
    public bool Failed(string message, bool parked)
    {
        lock (_lock)
        {
            bool first = _problem is null || _parked != parked;
            _problem = message;
            _parked = parked;
            return first;
        }
    }

    /// <summary>True when sending failed before.</summary>
    public bool Recovered()
    {
        lock (_lock)
        {
            bool failed = _problem is not null;
            _problem = null;
            _parked = false;
            return failed;
        }
    }

    private static void Raise(ref long highest, long value)
    {
        long seen = Interlocked.Read(ref highest);
        while (value > seen)
        {
            long before = Interlocked.CompareExchange(ref highest, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
