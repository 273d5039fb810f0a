using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace AmpEdge.Hosting;

/// <summary>
/// One accepted connection: bytes from the socket into a pipe that Kestrel reads, and from one that Kestrel writes into the
/// socket. Memory is taken only while there is something in it, and in blocks that fit what has arrived.
/// </summary>
/// <remarks>
/// Two loops run until both directions have ended. The sending one owns the end of the connection: when Kestrel has nothing more
/// to write, or nobody takes it, it shuts the socket down, which ends the receiving one. <see cref="Abort"/> does the same from
/// outside.
/// </remarks>
internal sealed class SocketConnection : DefaultConnectionContext, IMemoryPoolFeature, IConnectionSocketFeature
{
    // A handler stops writing ahead of a slow client.
    private const int MaxUnsentBytes = 64 << 10;

    // A block is filled up as long as this much of it is free: less would make small reads of large bodies.
    private const int MinBulkBytes = 8 << 10;
    private const int MinReadBytes = 2 << 10;

    private readonly SocketTransportSettings _settings;
    private readonly Socket _socket;
    private readonly Pipe _received;
    private readonly Pipe _unsent;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _shutdownLock = new();

    /// <summary>Why it ended; null before. The first reason given stays.</summary>
    private Exception? _shutdownReason;
    private Task _running = Task.CompletedTask;

    public SocketConnection(Socket socket, long number, SocketTransportSettings settings)
        : base(number.ToString(CultureInfo.InvariantCulture))
    {
        PipeScheduler handlers = settings.InlineHandlers ? PipeScheduler.Inline : PipeScheduler.ThreadPool;
        _settings = settings;
        _socket = socket;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        _received = new Pipe(new PipeOptions(
            MemoryPool, handlers, PipeScheduler.Inline, settings.MaxReadAheadBytes, settings.MaxReadAheadBytes / 2,
            BlockPool.SmallBytes, useSynchronizationContext: false));
        _unsent = new Pipe(new PipeOptions(
            MemoryPool, PipeScheduler.Inline, handlers, MaxUnsentBytes, MaxUnsentBytes / 2, BlockPool.LargeBytes,
            useSynchronizationContext: false));
        Transport = new PipePair(_received.Reader, _unsent.Writer);
        Application = new PipePair(_unsent.Reader, _received.Writer);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
    }

    public MemoryPool<byte> MemoryPool => BlockPool.Shared;

    public Socket Socket => _socket;

    public void Start() => _running = RunAsync();

    public override void Abort(ConnectionAbortedException abortReason)
    {
        ShutDown(abortReason);
        // The sender may wait for bytes that nobody will write any more.
        _unsent.Reader.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await _received.Reader.CompleteAsync();
        await _unsent.Writer.CompleteAsync();
        await _running;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private async Task RunAsync()
    {
        Task sending = SendAllAsync();
        await ReceiveAllAsync();
        await sending;
    }

    private async Task ReceiveAllAsync()
    {
        Exception? error = null;
        try
        {
            await ReceiveAsync(_received.Writer);
        }
        catch (SocketException broken)
        {
            error = new ConnectionResetException(broken.Message, broken);
        }
        catch (ObjectDisposedException ended)
        {
            error = new ConnectionAbortedException("the connection was ended on this side", ended);
        }
        catch (Exception failed)
        {
            // Nobody else would hear of it, and the reader must not wait for ever.
            HttpLog.ConnectionFailed(_settings.Log, failed, _settings.Server);
            error = failed;
        }

        await _received.Writer.CompleteAsync(_shutdownReason ?? error);
        // Tells the running request that its client has gone, on another thread: its callbacks may take their time.
        await _closed.CancelAsync();
    }

    private async Task ReceiveAsync(PipeWriter received)
    {
        bool moreIsLikely = false;
        while (true)
        {
            int available = moreIsLikely ? _socket.Available : 0;
            if (available == 0)
            {
                // Without memory until there is something: an idle connection holds none.
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
                available = _socket.Available;
            }

            Memory<byte> free = received.GetMemory(available > BlockPool.SmallBytes ? MinBulkBytes : MinReadBytes);
            int count = await _socket.ReceiveAsync(free, SocketFlags.None);
            if (count == 0)
            {
                return;
            }

            moreIsLikely = count == free.Length;
            received.Advance(count);
            FlushResult flushed = await received.FlushAsync();
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return;
            }
        }
    }

    private async Task SendAllAsync()
    {
        Exception? reason = null;
        Exception? unexpected = null;
        try
        {
            await SendAsync(_unsent.Reader);
        }
        catch (SocketException broken)
        {
            reason = new ConnectionResetException(broken.Message, broken);
        }
        catch (ObjectDisposedException ended)
        {
            // Aborted while it sent: why has been said.
            reason = ended;
        }
        catch (Exception failed)
        {
            HttpLog.ConnectionFailed(_settings.Log, failed, _settings.Server);
            reason = unexpected = failed;
        }

        // This runs within Kestrel's own flush, under its lock: what follows wakes others and must not do so from there.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ShutDown(reason);
        // Who still writes sees that nobody reads any more, which is no error of a handler's.
        await _unsent.Reader.CompleteAsync(unexpected);
        _received.Writer.CancelPendingFlush();
    }

    private async Task SendAsync(PipeReader unsent)
    {
        while (true)
        {
            ReadResult read = await unsent.ReadAsync();
            if (read.IsCanceled)
            {
                return;
            }

            foreach (ReadOnlyMemory<byte> block in read.Buffer)
            {
                ReadOnlyMemory<byte> rest = block;
                while (!rest.IsEmpty)
                {
                    rest = rest[await _socket.SendAsync(rest, SocketFlags.None)..];
                }
            }

            unsent.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Ends both directions, once. After an error the client sees a reset: a connection that ends in order would make half of an
    /// answer look like a whole one.
    /// </summary>
    /// <param name="error">Null when all was sent.</param>
    private void ShutDown(Exception? error)
    {
        lock (_shutdownLock)
        {
            if (_shutdownReason is not null)
            {
                return;
            }

            _shutdownReason = error ?? new ConnectionAbortedException("the connection was ended on this side");
            if (error is not null)
            {
                _socket.Close(timeout: 0);
                return;
            }

            try
            {
                _socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The other side was quicker: there is nothing left to end.
                _socket.Dispose();
                return;
            }

            _socket.Dispose();
        }
    }
}
