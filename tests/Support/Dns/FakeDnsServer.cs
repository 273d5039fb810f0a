using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace AmpEdge.Tests.Support;

/// <summary>A DNS server on loopback, UDP and TCP on one port, that answers what the test says.</summary>
public sealed class FakeDnsServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<DnsQuestion> _arrivals = Channel.CreateUnbounded<DnsQuestion>();
    private readonly Func<DnsQuestion, IReadOnlyList<DnsReply>> _answer;
    private readonly TcpListener _listener;
    private readonly Socket _datagrams;
    private readonly Task _udpLoop;
    private readonly Task _tcpLoop;

    /// <param name="answer">What goes back for a question; nothing when the list is empty, else each in turn.</param>
    /// <param name="endPoint">Where to listen; any free port of loopback when null.</param>
    public FakeDnsServer(Func<DnsQuestion, IReadOnlyList<DnsReply>> answer, IPEndPoint? endPoint = null)
    {
        _answer = answer;
        (_listener, _datagrams) = endPoint is null ? Bind() : BindAt(endPoint);
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _udpLoop = Task.Run(ServeUdpAsync);
        _tcpLoop = Task.Run(ServeTcpAsync);
    }

    public FakeDnsServer(Func<DnsQuestion, DnsReply> answer)
        : this(question => (IReadOnlyList<DnsReply>)[answer(question)])
    {
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Every question so far, in order of arrival.</summary>
    public ConcurrentQueue<DnsQuestion> Questions { get; } = [];

    /// <summary>The line of a resolv.conf that leads here.</summary>
    public string NameServerLine => $"nameserver [{EndPoint.Address}]:{EndPoint.Port}";

    /// <summary>Waits for a question that was not waited for yet.</summary>
    public async Task<DnsQuestion> NextQuestionAsync(CancellationToken cancel) => await _arrivals.Reader.ReadAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_udpLoop, _tcpLoop);
        _listener.Stop();
        _datagrams.Dispose();
        _stop.Dispose();
    }

    private static (TcpListener Listener, Socket Datagrams) Bind()
    {
        // A port that is free for connections may be taken for datagrams.
        while (true)
        {
            try
            {
                return BindAt(new IPEndPoint(IPAddress.Loopback, 0));
            }
            catch (SocketException)
            {
                continue;
            }
        }
    }

    private static (TcpListener Listener, Socket Datagrams) BindAt(IPEndPoint endPoint)
    {
        TcpListener listener = new(endPoint);
        listener.Start();
        Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            datagrams.Bind(listener.LocalEndpoint);
            return (listener, datagrams);
        }
        catch (SocketException)
        {
            listener.Stop();
            datagrams.Dispose();
            throw;
        }
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received =
                    await _datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                foreach (byte[] reply in Answer(buffer.AsSpan(0, received.ReceivedBytes), overTcp: false))
                {
                    await _datagrams.SendToAsync(reply, received.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            return;
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                NetworkStream stream = client.GetStream();
                byte[] length = new byte[2];
                await stream.ReadExactlyAsync(length, _stop.Token);
                byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, _stop.Token);
                foreach (byte[] reply in Answer(query, overTcp: true))
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
                    await stream.WriteAsync(length, _stop.Token);
                    await stream.WriteAsync(reply, _stop.Token);
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or IOException)
        {
            return;
        }
    }

    private List<byte[]> Answer(ReadOnlySpan<byte> query, bool overTcp)
    {
        StringBuilder name = new();
        int at = 12;
        while (query[at] != 0)
        {
            name.Append(Encoding.ASCII.GetString(query.Slice(at + 1, query[at]))).Append('.');
            at += query[at] + 1;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        bool hasEdns = BinaryPrimitives.ReadUInt16BigEndian(query[10..]) > 0;
        DnsQuestion question = new(name.Length == 0 ? "." : name.ToString(), type, overTcp, hasEdns);
        Questions.Enqueue(question);
        List<byte[]> replies = [];
        foreach (DnsReply reply in _answer(question))
        {
            replies.Add(reply.Encode(query, question.Name));
        }

        _arrivals.Writer.TryWrite(question);
        return replies;
    }
}
