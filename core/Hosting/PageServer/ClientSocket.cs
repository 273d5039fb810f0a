using System.Buffers;
using System.Net.Sockets;

namespace AmpEdge.Hosting;

/// <summary>The socket of one client: what came and was not read yet, and a time limit on every wait.</summary>
internal sealed class ClientSocket : IDisposable
{
    private const int FirstBufferBytes = 4 * 1024;

    /// <summary>A client must take this much within the grace and the time of its slowest allowed rate.</summary>
    private const int SliceBytes = 16 * 1024;

    /// <summary>How long, and how much, is still taken from a client that was refused, so that it reads the answer.</summary>
    private const int LingerBytes = 1 << 20;

    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly HttpServerOptions _limits;
    private readonly TimeProvider _time;
    private volatile CancellationTokenSource _deadline;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public ClientSocket(Socket socket, HttpServerOptions limits, TimeProvider time)
    {
        _socket = socket;
        _limits = limits;
        _time = time;
        _deadline = NewDeadline();
    }

    /// <summary>Answers go out at once; throws when the client is gone already.</summary>
    public void SendWithoutDelay() => _socket.NoDelay = true;

    /// <summary>Bytes that came and were not skipped.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    public void Skip(int bytes)
    {
        _start += bytes;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
    }

    /// <summary>Gives the buffer back while nothing is expected soon; what came and was not read is kept.</summary>
    public void Rest()
    {
        if (_start == _end && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            (_start, _end) = (0, 0);
        }
    }

    /// <summary>Waits until bytes are there, without a buffer: an idle client costs none.</summary>
    public async ValueTask<ReceiveOutcome> WaitAsync(TimeSpan timeout)
    {
        Rest();
        return await ReceiveAsync(Memory<byte>.Empty, timeout) == 0 ? ReceiveOutcome.Received : ReceiveOutcome.TimedOut;
    }

    /// <summary>Waits for more bytes and adds them to <see cref="Buffered"/>.</summary>
    public async ValueTask<ReceiveOutcome> ReceiveMoreAsync(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return ReceiveOutcome.TimedOut;
        }

        MakeRoom();
        int received = await ReceiveAsync(_buffer.AsMemory(_end), timeout);
        _end += Math.Max(received, 0);
        return received switch { > 0 => ReceiveOutcome.Received, 0 => ReceiveOutcome.Ended, _ => ReceiveOutcome.TimedOut };
    }

    /// <summary>Sends everything; false when the client does not take it at the slowest allowed rate.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        TimeSpan perSlice = _limits.DataRateGrace + TimeSpan.FromSeconds(SliceBytes / _limits.MinBytesPerSecond);
        while (!bytes.IsEmpty)
        {
            ReadOnlyMemory<byte> slice = bytes[..Math.Min(SliceBytes, bytes.Length)];
            _deadline.CancelAfter(perSlice);
            try
            {
                bytes = bytes[await _socket.SendAsync(slice, _deadline.Token)..];
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>Ends our side and takes what the client still sends for a moment: closing over unread bytes would destroy the answer.</summary>
    public async Task LingerAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        int taken = 0;
        do
        {
            taken += _end - _start;
            Skip(_end - _start);
        }
        while (taken < LingerBytes && await ReceiveMoreAsync(s_linger) == ReceiveOutcome.Received);
    }

    /// <summary>Ends a wait for the client's next request.</summary>
    public void Wake() => _deadline.Cancel();

    /// <summary>Breaks the connection; running waits end with an exception.</summary>
    public void Abort() => _socket.Close(timeout: 0);

    public void Dispose()
    {
        _socket.Dispose();
        // Not disposed: whoever is just calling Wake may still use it. Without a timer it holds nothing.
        _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    /// <summary>The number of bytes, 0 at the end; -1 when the time is over.</summary>
    private async ValueTask<int> ReceiveAsync(Memory<byte> room, TimeSpan timeout)
    {
        _deadline.CancelAfter(timeout);
        try
        {
            int received = await _socket.ReceiveAsync(room, _deadline.Token);
            _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            return received;
        }
        catch (OperationCanceledException)
        {
            // It has fired and holds nothing any longer; whoever is just calling Wake may still use it.
            _deadline = NewDeadline();
            return -1;
        }
    }

    private CancellationTokenSource NewDeadline() => new(Timeout.InfiniteTimeSpan, _time);

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        int length = _end - _start;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
        }
        else
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBufferBytes, _buffer.Length * 2));
            _buffer.AsSpan(0, length).CopyTo(larger);
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = larger;
        }

        (_start, _end) = (0, length);
    }
}
