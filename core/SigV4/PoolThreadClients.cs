using System.Net;
using Amazon.Runtime;

namespace AmpEdge.SigV4;

/// <summary>Makes the clients with which the SDK asks STS and single sign-on, see <see cref="PoolThread"/>.</summary>
internal sealed class PoolThreadClients : HttpClientFactory
{
    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        SocketsHttpHandler sockets = new()
        {
            AllowAutoRedirect = clientConfig.AllowAutoRedirect,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        };
        if (clientConfig.GetWebProxy() is { } proxy)
        {
            sockets.Proxy = proxy;
        }

        HttpClient client = new(new PoolThreadHandler(sockets));
        if (clientConfig.Timeout is { } limit)
        {
            client.Timeout = limit;
        }

        return client;
    }
}
