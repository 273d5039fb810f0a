using System.Net;
using System.Net.Sockets;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Ports on loopback that nobody listens on.</summary>
public static class Ports
{
    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>A free port, never the same one twice in this process.</summary>
    public static int Free()
    {
        lock (s_lock)
        {
            while (true)
            {
                using TcpListener listener = new(IPAddress.Loopback, 0);
                listener.Start();
                int port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (s_given.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
