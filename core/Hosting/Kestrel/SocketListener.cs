using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace AmpEdge.Hosting;

/// <summary>A listening socket.</summary>
internal sealed class SocketListener(Socket socket, SocketTransportSettings settings) : IConnectionListener
{
    private static readonly TimeSpan s_restAfterError = TimeSpan.FromMilliseconds(200);

    private static long s_connections;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <summary>The next connection; null once it listens no more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Start(await socket.AcceptAsync(cancellationToken));
            }
            catch (ObjectDisposedException)
            {
                return null;
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
                // Such as too many open files: it passes when connections end, and this listener must then still be there.
                settings.AcceptFailures.Increment();
                HttpLog.AcceptFailed(settings.Log, settings.Server, error.Message);
                await Task.Delay(s_restAfterError, settings.Time, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
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
