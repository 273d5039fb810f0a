using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AmpEdge.Hosting;

/// <summary>Binds what a listener listens on.</summary>
internal static class ListenSockets
{
    /// <summary>
    /// A socket in the file system has its mode before anyone can connect, and takes the place of one that a process has left
    /// behind; all else is bound as Kestrel does.
    /// </summary>
    public static Socket Bind(EndPoint endPoint, UnixSocket? unixSocket)
    {
        if (endPoint is not UnixDomainSocketEndPoint || unixSocket is null)
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }

        RemoveAbandoned(unixSocket.Path);
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(unixSocket.Path, unixSocket.Mode);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A file that is no socket stays, and so does a socket that somebody answers on: binding then says what is wrong.</summary>
    private static void RemoveAbandoned(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Nothing is there, or nothing that may be taken away.
        }
    }

    private static bool IsSocket(string path)
    {
        // What is neither file, folder nor link has no length and does not open.
        FileInfo file = new(path);
        return file.Exists && file.LinkTarget is null && file.Length == 0;
    }
}
