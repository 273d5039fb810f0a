using System.Net.Sockets;
using System.Text;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>A caller that sends bytes as they are and keeps all that comes back.</summary>
internal static class RawCaller
{
    // Of a connection that is kept although it should end.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>All that came until the connection ended, and whether it ended by a reset.</summary>
    public static async Task<(string Text, bool IsReset)> ExchangeAsync(Uri address, string request)
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(address.Host, address.Port);
        NetworkStream stream = connection.GetStream();
        using MemoryStream read = new();
        bool isReset = false;
        using CancellationTokenSource patience = new(s_patience);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
            await stream.CopyToAsync(read, patience.Token);
        }
        catch (IOException)
        {
            isReset = true;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the connection was kept: {Encoding.Latin1.GetString(read.ToArray())}");
        }

        return (Encoding.Latin1.GetString(read.ToArray()), isReset);
    }

    public static Task<(string Text, bool IsReset)> GetAsync(Uri address, string method = "GET") =>
        ExchangeAsync(address, $"{method} /api/v1/query?query=up HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
}
