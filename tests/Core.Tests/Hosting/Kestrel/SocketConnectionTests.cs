using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Kestrel;

/// <summary>Both ends of a connection in one process: the caller's socket, and what Kestrel would hold.</summary>
public sealed class SocketConnectionTests : IAsyncLifetime
{
    private const int ReadAheadBytes = 256 << 10;

    private static readonly IPEndPoint s_anyPort = new(IPAddress.Loopback, 0);

    private readonly List<IAsyncDisposable> _owned = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_sent_arrives_whole_in_both_directions(bool inline)
    {
        Gen gen = Gen.Create(1);
        (Socket caller, ConnectionContext connection) = await ConnectAsync(inline: inline);
        using Socket ended = caller;
        Task echo = EchoAsync(connection);
        for (int round = 0; round < 40; round++)
        {
            byte[] sent = gen.Bytes(1 + gen.Int(round % 10 == 0 ? 600_000 : 9_000));
            Task<byte[]> back = ReceiveAsync(caller, sent.Length);
            for (int start = 0; start < sent.Length;)
            {
                int count = Math.Min(1 + gen.Int(70_000), sent.Length - start);
                start += await caller.SendAsync(sent.AsMemory(start, count), Cancel);
            }

            Assert.True((await back).AsSpan().SequenceEqual(sent), gen.ToString());
        }

        caller.Shutdown(SocketShutdown.Send);
        await echo;
        Assert.Equal(0, await caller.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task A_caller_that_has_sent_all_still_gets_its_answer_and_a_proper_end()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync();
        using Socket ended = caller;
        await caller.SendAsync("ask"u8.ToArray(), Cancel);
        caller.Shutdown(SocketShutdown.Send);
        ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(3, Cancel);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        read = await connection.Transport.Input.ReadAsync(Cancel);
        Assert.True(read.IsCompleted);

        byte[] answer = Gen.Create(2).Bytes(300_000);
        Task<byte[]> received = ReceiveAsync(caller, answer.Length);
        await connection.Transport.Output.WriteAsync(answer, Cancel);
        await connection.DisposeAsync();

        Assert.True((await received).AsSpan().SequenceEqual(answer));
        Assert.Equal(0, await caller.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task A_reset_by_the_caller_fails_the_reader_and_is_told()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync();
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registered = connection.ConnectionClosed.Register(closed.SetResult);

        caller.Close(timeout: 0);

        await Assert.ThrowsAsync<ConnectionResetException>(() => connection.Transport.Input.ReadAsync(Cancel).AsTask());
        await closed.Task.WaitAsync(Cancel);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task An_abort_is_a_reset_for_the_caller_even_when_half_of_an_answer_is_out()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync();
        using Socket ended = caller;
        await connection.Transport.Output.WriteAsync("half"u8.ToArray(), Cancel);
        Assert.Equal(4, (await ReceiveAsync(caller, 4)).Length);
        ConnectionAbortedException reason = new("enough");

        connection.Abort(reason);

        Assert.Same(reason, await Assert.ThrowsAsync<ConnectionAbortedException>(
            () => connection.Transport.Input.ReadAsync(Cancel).AsTask()));
        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => caller.ReceiveAsync(new byte[1], Cancel).AsTask());
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await connection.DisposeAsync();
        connection.Abort(reason);
    }

    [Fact]
    public async Task A_caller_is_not_read_further_ahead_than_the_bound()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync(bufferBytes: 16 << 10);
        using Socket ended = caller;
        byte[] sent = Gen.Create(3).Bytes(2 << 20);
        Task sending = SendAllAsync(caller, sent);

        ReadResult seen = await connection.Transport.Input.ReadAtLeastAsync(ReadAheadBytes, Cancel);
        connection.Transport.Input.AdvanceTo(seen.Buffer.Start);
        Assert.InRange(seen.Buffer.Length, ReadAheadBytes, ReadAheadBytes + BlockPool.LargeBytes);
        Assert.False(sending.IsCompleted);

        byte[] received = await ReadAsync(connection.Transport.Input, sent.Length);
        await sending;
        Assert.True(received.AsSpan().SequenceEqual(sent));
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writing_waits_for_a_slow_caller_and_goes_on_with_it(bool inline)
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync(inline: inline, bufferBytes: 16 << 10);
        using Socket ended = caller;
        byte[] answer = Gen.Create(4).Bytes(8 << 20);
        Task<FlushResult> writing = connection.Transport.Output.WriteAsync(answer, Cancel).AsTask();
        Assert.False(writing.IsCompleted);

        byte[] received = await ReceiveAsync(caller, answer.Length);
        await writing;
        Assert.True(received.AsSpan().SequenceEqual(answer));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task An_abort_ends_a_write_that_nobody_takes()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync(bufferBytes: 16 << 10);
        using Socket ended = caller;
        Task<FlushResult> writing = connection.Transport.Output.WriteAsync(new byte[8 << 20], Cancel).AsTask();
        Assert.False(writing.IsCompleted);

        connection.Abort(new ConnectionAbortedException("too slow"));

        Assert.True((await writing).IsCompleted);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_that_goes_in_the_middle_of_its_answer_ends_the_write()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync(bufferBytes: 16 << 10);
        Task<FlushResult> writing = connection.Transport.Output.WriteAsync(new byte[8 << 20], Cancel).AsTask();

        caller.Close(timeout: 0);

        Assert.True((await writing).IsCompleted);
        // The system tells a reset once, to whoever asks first: who reads may see no more than the end.
        Exception? told = await Record.ExceptionAsync(
            async () => Assert.True((await connection.Transport.Input.ReadAsync(Cancel)).IsCompleted));
        Assert.True(told is null or IOException, told?.ToString());
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Ending_both_pipes_ends_a_connection_whose_caller_says_nothing()
    {
        (Socket caller, ConnectionContext connection) = await ConnectAsync();
        using Socket ended = caller;

        await connection.DisposeAsync().AsTask().WaitAsync(Cancel);

        Assert.Equal(0, await caller.ReceiveAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task A_socket_of_the_file_system_carries_the_same()
    {
        string path = Path.Combine(Path.GetTempPath(), $"ampedge-{Guid.NewGuid():N}.sock");
        IConnectionListener listener = await ListenAsync(new UnixDomainSocketEndPoint(path), inline: true);
        using Socket caller = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await caller.ConnectAsync(new UnixDomainSocketEndPoint(path), Cancel);
        ConnectionContext? connection = await listener.AcceptAsync(Cancel);
        Assert.NotNull(connection);
        Task echo = EchoAsync(connection);
        byte[] sent = Gen.Create(7).Bytes(500_000);
        Task<byte[]> back = ReceiveAsync(caller, sent.Length);
        await SendAllAsync(caller, sent);

        Assert.True((await back).AsSpan().SequenceEqual(sent));
        caller.Shutdown(SocketShutdown.Send);
        await echo;
    }

    [Fact]
    public async Task A_listener_that_was_stopped_takes_no_more_and_leaves_its_connections_alone()
    {
        IConnectionListener listener = await ListenAsync(s_anyPort, inline: false);
        using Socket caller = await ConnectAsync(listener.EndPoint);
        ConnectionContext? connection = await listener.AcceptAsync(Cancel);
        Assert.NotNull(connection);
        Task<ConnectionContext?> accepting = listener.AcceptAsync(Cancel).AsTask();

        await listener.UnbindAsync(Cancel);

        Assert.Null(await accepting.WaitAsync(Cancel));
        Task echo = EchoAsync(connection);
        await caller.SendAsync("still"u8.ToArray(), Cancel);
        Assert.Equal("still"u8.ToArray(), await ReceiveAsync(caller, 5));
        caller.Shutdown(SocketShutdown.Send);
        await echo;
    }

    [Fact]
    public async Task An_address_in_use_is_told_in_the_word_that_Kestrel_knows()
    {
        IConnectionListener listener = await ListenAsync(s_anyPort, inline: false);

        await Assert.ThrowsAsync<AddressInUseException>(() => ListenAsync(listener.EndPoint, inline: false));
    }

    [Fact]
    public async Task Hundreds_of_connections_at_once_each_get_their_own_bytes()
    {
        IConnectionListener listener = await ListenAsync(s_anyPort, inline: true);
        Task accepting = AcceptAllAsync(listener);
        Task[] callers = new Task[300];
        for (int caller = 0; caller < callers.Length; caller++)
        {
            int seed = caller;
            callers[caller] = Task.Run(() => CallAsync(listener.EndPoint, seed), Cancel);
        }

        await Task.WhenAll(callers);
        await listener.UnbindAsync(Cancel);
        await accepting;
    }

    private static async Task CallAsync(EndPoint address, int seed)
    {
        Gen gen = Gen.Create(seed);
        using Socket caller = await ConnectAsync(address);
        for (int round = 0; round < 5; round++)
        {
            byte[] sent = gen.Bytes(1 + gen.Int(100_000));
            Task<byte[]> back = ReceiveAsync(caller, sent.Length);
            await SendAllAsync(caller, sent);
            Assert.True((await back).AsSpan().SequenceEqual(sent), gen.ToString());
        }
    }

    private static async Task AcceptAllAsync(IConnectionListener listener)
    {
        List<Task> echoes = [];
        while (await listener.AcceptAsync(Cancel) is { } connection)
        {
            echoes.Add(EchoAsync(connection));
        }

        await Task.WhenAll(echoes);
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        PipeReader input = connection.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync(Cancel);
            foreach (ReadOnlyMemory<byte> part in read.Buffer)
            {
                await connection.Transport.Output.WriteAsync(part, Cancel);
            }

            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await connection.DisposeAsync();
                return;
            }
        }
    }

    private static async Task<byte[]> ReadAsync(PipeReader input, int length)
    {
        byte[] all = new byte[length];
        int count = 0;
        while (count < length)
        {
            ReadResult read = await input.ReadAsync(Cancel);
            read.Buffer.CopyTo(all.AsSpan(count));
            count += (int)read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
        }

        return all;
    }

    private static async Task<byte[]> ReceiveAsync(Socket caller, int length)
    {
        byte[] all = new byte[length];
        for (int count = 0; count < length;)
        {
            int now = await caller.ReceiveAsync(all.AsMemory(count), Cancel);
            Assert.True(now > 0, $"the connection ended after {count} of {length} bytes");
            count += now;
        }

        return all;
    }

    private static async Task SendAllAsync(Socket caller, byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await caller.SendAsync(bytes.AsMemory(sent), Cancel);
        }
    }

    private static async Task<Socket> ConnectAsync(EndPoint address, int bufferBytes = 0)
    {
        Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (bufferBytes > 0)
        {
            caller.SendBufferSize = bufferBytes;
            caller.ReceiveBufferSize = bufferBytes;
        }

        await caller.ConnectAsync(address, Cancel);
        return caller;
    }

    private async Task<(Socket Caller, ConnectionContext Connection)> ConnectAsync(bool inline = false, int bufferBytes = 0)
    {
        IConnectionListener listener = await ListenAsync(s_anyPort, inline);
        Socket caller = await ConnectAsync(listener.EndPoint, bufferBytes);
        ConnectionContext? connection = await listener.AcceptAsync(Cancel);
        return (caller, connection ?? throw new InvalidOperationException("the listener has stopped"));
    }

    private async Task<IConnectionListener> ListenAsync(EndPoint address, bool inline)
    {
        SocketTransportSettings settings = new()
        {
            Server = "test",
            UnixSocket = address is UnixDomainSocketEndPoint ? new UnixSocket(address.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite) : null,
            InlineHandlers = inline,
            MaxReadAheadBytes = ReadAheadBytes,
            Gate = new AcceptGate(
                "test", new HttpServerOptions { ListenAddress = "" }, new MetricRegistry().Counter("accept_failures_total", "Of the test."),
                NullLogger.Instance, TimeProvider.System),
            Log = NullLogger.Instance,
        };
        IConnectionListener listener = await new SocketListenerFactory(settings).BindAsync(address, Cancel);
        _owned.Add(listener);
        return listener;
    }
}
