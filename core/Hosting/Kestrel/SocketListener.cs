using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AmpEdge.Hosting;

/// <summary>A listening socket.</summary>
internal sealed class SocketListener(Socket socket, SocketTransportSettings settings) : IConnectionListener
{
    private static long s_connections;

    private readonly CancellationTokenSource _unbound = new();

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <summary>The next connection; null once it listens no more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await AcceptNextAsync(cancellationToken);
        }
        catch (Exception) when (_unbound.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_unbound.IsCancellationRequested)
        {
            await UnbindAsync(CancellationToken.None);
        }

        _unbound.Dispose();
    }

    private async ValueTask<SocketConnection?> AcceptNextAsync(CancellationToken cancel)
    {
        while (true)
        {
            await settings.Gate.WaitAsync(_unbound.Token);
            try
            {
                SocketConnection connection = Start(await socket.AcceptAsync(cancel));
                settings.Gate.Passed();
                return connection;
            }
            catch (SocketException stopped) when (stopped.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted
                or SocketError.NotConnected or SocketError.InvalidArgument)
            {
                // Reset while it waited for us: the next one.
                continue;
            }
            catch (SocketException error)
            {
                await settings.Gate.RestAfterAsync(error, _unbound.Token);
            }
        }
    }

    private SocketConnection Start(Socket accepted)
    {
        try
        {
            if (accepted.LocalEndPoint is IPEndPoint)
            {
                accepted.NoDelay = true;
            }

            SocketConnection connection = new(accepted, Interlocked.Increment(ref s_connections), settings);
            connection.Start();
            return connection;
        }
        catch (SocketException)
        {
            accepted.Dispose();
            throw;
        }
    }
}
