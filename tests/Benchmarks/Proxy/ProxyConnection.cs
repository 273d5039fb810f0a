using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>
/// One keep-alive connection whose owner waits on the socket itself: on two cores that the proxy needs, a client library would
/// cost more than what is measured.
/// </summary>
internal sealed class ProxyConnection : IDisposable
{
    private const int MaxHeadBytes = 16 << 10;

    private static readonly byte[] s_lastChunk = "0\r\n\r\n"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 << 10];

    public ProxyConnection(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <summary>Sends a request and reads its answer to the end; returns the status.</summary>
    /// <exception cref="IOException">The connection ended before the answer did, or the answer is none.</exception>
    public int Exchange(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }

        int length = 0;
        int headEnd;
        while ((headEnd = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            length += Receive(_buffer.AsSpan(length, MaxHeadBytes - length));
        }

        string head = Encoding.ASCII.GetString(_buffer, 0, headEnd);
        int status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (Value(head, "\r\nContent-Length: ") is { } declared)
        {
            SkipBytes(long.Parse(declared, CultureInfo.InvariantCulture) - (length - headEnd - 4));
        }
        else if (Value(head, "\r\nTransfer-Encoding: ") is not null)
        {
            SkipChunks(length);
        }

        return status;
    }

    public void Dispose() => _socket.Dispose();

    private void SkipBytes(long rest)
    {
        while (rest > 0)
        {
            rest -= Receive(_buffer.AsSpan(0, (int)Math.Min(rest, _buffer.Length)));
        }
    }

    /// <summary>The bodies of the sink do not look like a last chunk.</summary>
    private void SkipChunks(int length)
    {
        while (!_buffer.AsSpan(0, length).EndsWith(s_lastChunk))
        {
            int kept = Math.Min(s_lastChunk.Length, length);
            _buffer.AsSpan(length - kept, kept).CopyTo(_buffer);
            length = kept + Receive(_buffer.AsSpan(kept));
        }
    }

    private int Receive(Span<byte> destination)
    {
        int count = _socket.Receive(destination);
        return count > 0 ? count : throw new IOException("the proxy closed the connection within an answer");
    }

    private static string? Value(string head, string name)
    {
        int start = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        start += name.Length;
        int end = head.IndexOf("\r\n", start, StringComparison.Ordinal);
        return end < 0 ? head[start..] : head[start..end];
    }
}
