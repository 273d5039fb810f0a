using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using AmpEdge.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>Answers with the body it got, over TLS and HTTP/2 only.</summary>
internal sealed class Http2Upstream : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = LoopbackCertificate.Create();
    private readonly WebApplication _server;

    private Http2Upstream()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(_certificate);
        }));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public ConcurrentDictionary<string, bool> Connections { get; } = [];

    public ConcurrentQueue<string> Protocols { get; } = [];

    /// <summary>Host and port.</summary>
    public string Address { get; private set; } = "";

    public static async Task<Http2Upstream> StartAsync()
    {
        Http2Upstream upstream = new();
        await upstream._server.StartAsync();
        foreach (string address in upstream._server.Urls)
        {
            upstream.Address = new Uri(address).Authority;
        }

        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Connections[context.Connection.Id] = true;
        Protocols.Enqueue(context.Request.Protocol);
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
    }
}
