namespace AmpEdge.Hosting;

/// <summary>
/// Takes the body of a request off the wire before it is answered. Nothing that is served here reads one, but clients may
/// send it (POST of a form): it must be within its limit and come in time, and the next request begins behind it.
/// </summary>
internal sealed class RequestBody(ClientSocket client, HttpServerOptions limits, TimeProvider time)
{
    /// <summary>A chunk's size with its extensions.</summary>
    private const int MaxChunkLineBytes = 1024;

    private static readonly byte[] s_goOn = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private long _started;
    private long _received;

    /// <summary>Why the body is not taken, or <see cref="RequestRefusal.None"/>; 400 also when the client went away within it.</summary>
    public async ValueTask<RequestRefusal> SkipAsync(RequestHead head)
    {
        if (head.ContentLength > limits.MaxRequestBodyBytes)
        {
            return TooLarge();
        }

        if (head.ContentLength == 0 && !head.IsChunked)
        {
            return RequestRefusal.None;
        }

        _started = time.GetTimestamp();
        _received = client.Buffered.Length;
        if (head.ExpectsContinue && _received == 0 && !await client.SendAsync(s_goOn))
        {
            return TooSlow();
        }

        return head.IsChunked ? await SkipChunksAsync() : await SkipBytesAsync(head.ContentLength);
    }

    private async ValueTask<RequestRefusal> SkipChunksAsync()
    {
        long total = 0;
        while (true)
        {
            (int length, RequestRefusal refusal) = await ReadLineAsync(MaxChunkLineBytes);
            if (refusal.IsRefused)
            {
                return refusal;
            }

            if (!HttpFraming.TryReadChunkSize(client.Buffered[..length], out long size))
            {
                return RequestRefusal.Malformed("a chunk of its body has no size");
            }

            client.Skip(length);
            if (size == 0)
            {
                return await SkipTrailersAsync();
            }

            total += size;
            if (size > limits.MaxRequestBodyBytes || total > limits.MaxRequestBodyBytes)
            {
                return TooLarge();
            }

            refusal = await SkipChunkAsync(size);
            if (refusal.IsRefused)
            {
                return refusal;
            }
        }
    }

    private async ValueTask<RequestRefusal> SkipChunkAsync(long size)
    {
        RequestRefusal refusal = await SkipBytesAsync(size);
        if (refusal.IsRefused)
        {
            return refusal;
        }

        (int length, refusal) = await ReadLineAsync(2);
        if (!refusal.IsRefused && client.Buffered[..length].Trim("\r\n"u8).Length > 0)
        {
            refusal = RequestRefusal.Malformed("a chunk of its body is longer than its size");
        }

        client.Skip(length);
        return refusal;
    }

    private async ValueTask<RequestRefusal> SkipTrailersAsync()
    {
        int left = limits.MaxRequestHeaderBytes;
        while (true)
        {
            (int length, RequestRefusal refusal) = await ReadLineAsync(left);
            if (refusal.IsRefused)
            {
                return refusal;
            }

            bool isLast = client.Buffered[..length].Trim("\r\n"u8).IsEmpty;
            client.Skip(length);
            left -= length;
            if (isLast)
            {
                return RequestRefusal.None;
            }
        }
    }

    private async ValueTask<RequestRefusal> SkipBytesAsync(long count)
    {
        while (count > 0)
        {
            if (client.Buffered.IsEmpty)
            {
                RequestRefusal refusal = await ReceiveAsync();
                if (refusal.IsRefused)
                {
                    return refusal;
                }
            }

            int taken = (int)Math.Min(count, client.Buffered.Length);
            client.Skip(taken);
            count -= taken;
        }

        return RequestRefusal.None;
    }

    /// <summary>Has a whole line in the buffer and tells its length, line feed included.</summary>
    private async ValueTask<(int Length, RequestRefusal Refusal)> ReadLineAsync(int maxBytes)
    {
        while (true)
        {
            int newline = client.Buffered.IndexOf((byte)'\n');
            if ((newline < 0 ? client.Buffered.Length : newline + 1) > maxBytes)
            {
                return (0, RequestRefusal.Malformed("a line within its chunked body is too long"));
            }

            if (newline >= 0)
            {
                return (newline + 1, RequestRefusal.None);
            }

            RequestRefusal refusal = await ReceiveAsync();
            if (refusal.IsRefused)
            {
                return (0, refusal);
            }
        }
    }

    /// <summary>Waits as long as the bytes so far and the grace allow.</summary>
    private async ValueTask<RequestRefusal> ReceiveAsync()
    {
        TimeSpan allowed = limits.DataRateGrace + TimeSpan.FromSeconds(_received / limits.MinBytesPerSecond);
        int before = client.Buffered.Length;
        ReceiveOutcome outcome = await client.ReceiveMoreAsync(allowed - time.GetElapsedTime(_started));
        _received += client.Buffered.Length - before;
        return outcome switch
        {
            ReceiveOutcome.Received => RequestRefusal.None,
            ReceiveOutcome.TimedOut => TooSlow(),
            _ => RequestRefusal.Malformed("it ends within its body"),
        };
    }

    private RequestRefusal TooLarge() => new(413, $"the request body has more than {limits.MaxRequestBodyBytes} bytes");

    private RequestRefusal TooSlow() => new(408, $"the request body came slower than {limits.MinBytesPerSecond} bytes a second");
}
