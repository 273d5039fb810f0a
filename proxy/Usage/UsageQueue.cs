using System.Threading.Channels;

namespace AmpEdge.Proxy.Usage;

/// <summary>
/// What waits to be observed: bounded by number, by bytes, and writes beyond that by a number of their own, so that they never
/// keep a query out. What does not fit is refused at once; nobody waits.
/// </summary>
internal sealed class UsageQueue
{
    public const int MaxRequests = 4_096;
    public const int MaxWrites = 64;
    public const long MaxBytes = 32 << 20;

    private readonly Channel<ObservedRequest> _channel =
        Channel.CreateBounded<ObservedRequest>(new BoundedChannelOptions(MaxRequests) { SingleReader = true });

    private int _writes;
    private long _bytes;

    public int Length => _channel.Reader.Count;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes a request with a copy of its body; false when it does not fit.</summary>
    public bool TryAdd(ObservedRequest request, ReadOnlySpan<byte> body)
    {
        bool isWrite = request.Kind == UsageRequestKind.Write;
        long bytes = Interlocked.Add(ref _bytes, body.Length);
        int writes = isWrite ? Interlocked.Increment(ref _writes) : 0;
        if (bytes > MaxBytes || writes > MaxWrites)
        {
            Leave(body.Length, isWrite);
            return false;
        }

        request.CopyBody(body);
        if (_channel.Writer.TryWrite(request))
        {
            return true;
        }

        Leave(body.Length, isWrite);
        request.Dispose();
        return false;
    }

    /// <summary>Ends when the queue was closed and is empty.</summary>
    public async IAsyncEnumerable<ObservedRequest> TakeAllAsync()
    {
        await foreach (ObservedRequest request in _channel.Reader.ReadAllAsync())
        {
            Leave(request.Length, request.Kind == UsageRequestKind.Write);
            using (request)
            {
                yield return request;
            }
        }
    }

    /// <summary>Nothing is taken any more.</summary>
    public void Close() => _channel.Writer.TryComplete();

    private void Leave(int bytes, bool isWrite)
    {
        Interlocked.Add(ref _bytes, -bytes);
        if (isWrite)
        {
            Interlocked.Decrement(ref _writes);
        }
    }
}
