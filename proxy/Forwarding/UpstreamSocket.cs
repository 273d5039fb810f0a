using System.Net;
using System.Net.Sockets;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>A new connection to an upstream, as the HTTP client makes it by itself, but never with the last file descriptors.</summary>
internal static class UpstreamSocket
{
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Connects. While too few descriptors are left it waits, for half of the time that there is to connect: the client gives its
    /// request to a connection that becomes free meanwhile.
    /// </summary>
    /// <exception cref="IOException">There are still too few.</exception>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    public static async ValueTask<Stream> OpenAsync(
        DnsEndPoint endPoint, FileDescriptors descriptors, TimeSpan timeout, TimeProvider time, CancellationToken cancel)
    {
        await TakeDescriptorAsync(descriptors, timeout / 2, time, cancel);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask TakeDescriptorAsync(
        FileDescriptors descriptors, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        long started = time.GetTimestamp();
        while (!descriptors.TryTake(FileDescriptors.SpareForUpkeep))
        {
            if (time.GetElapsedTime(started) >= patience)
            {
                throw new IOException(
                    $"too few file descriptors are left of {descriptors.Limit} for a connection: raise the limit (ulimit -n) or have fewer callers");
            }

            await Task.Delay(s_betweenTries, time, cancel);
        }
    }
}
