using System.Diagnostics.CodeAnalysis;

namespace AmpEdge.Proxy.Caching;

/// <summary>Answers by key, up to a number of bytes; beyond it those that were not asked for the longest time go. Thread-safe.</summary>
internal sealed class AnswerStore(long maxBytes, CacheMetrics metrics, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);

    /// <summary>The one that was asked for last comes first.</summary>
    private readonly LinkedList<Entry> _order = new();
    private long _heldBytes;

    /// <summary>An answer that may still be used; one whose time is over is dropped.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out CachedAnswer? answer)
    {
        lock (_lock)
        {
            answer = null;
            if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                return false;
            }

            if (time.GetElapsedTime(node.Value.Answer.StoredAt) >= node.Value.Answer.Lifetime)
            {
                Remove(node);
                return false;
            }

            _order.Remove(node);
            _order.AddFirst(node);
            answer = node.Value.Answer;
            return true;
        }
    }

    /// <summary>Takes an answer in, in place of an older one.</summary>
    public void Set(string key, CachedAnswer answer)
    {
        Entry entry = new(key, answer);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? older))
            {
                Remove(older);
            }

            if (entry.SizeBytes > maxBytes)
            {
                return;
            }

            while (_heldBytes + entry.SizeBytes > maxBytes && _order.Last is { } oldest)
            {
                Remove(oldest);
                metrics.Evictions.Increment();
            }

            _entries.Add(key, _order.AddFirst(entry));
            Count(entry.SizeBytes, 1);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            while (_order.Last is { } oldest)
            {
                Remove(oldest);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _order.Remove(node);
        _entries.Remove(node.Value.Key);
        Count(-node.Value.SizeBytes, -1);
    }

    private void Count(long bytes, int answers)
    {
        _heldBytes += bytes;
        metrics.HeldBytes.Add(bytes);
        metrics.Answers.Add(answers);
    }

    private sealed record Entry(string Key, CachedAnswer Answer)
    {
        public long SizeBytes { get; } = Answer.SizeBytes + 2L * Key.Length;
    }
}
