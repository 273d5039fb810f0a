using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AmpEdge.Hosting;

/// <summary>Kestrel's way to sockets: ours, because its own reads 4 KiB at a time.</summary>
/// <remarks>docs/decisions/0003-a-transport-for-kestrel.md has the figures.</remarks>
internal sealed class SocketListenerFactory(SocketTransportSettings settings) : IConnectionListenerFactory
{
    private const int Backlog = 4096;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="SocketException">The address is in use or not one of this machine.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = ListenSockets.Bind(endpoint, settings.UnixSocket);
            socket.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new SocketListener(socket, settings));
        }
        catch (SocketException error)
        {
            socket?.Dispose();
            if (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Kestrel's own word for it.
                throw new AddressInUseException(error.Message, error);
            }

            throw;
        }
    }
}
