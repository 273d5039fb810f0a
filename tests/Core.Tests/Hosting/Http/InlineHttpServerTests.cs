using AmpEdge.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmpEdge.Core.Tests.Hosting.Http;

/// <summary>The listener of the proxy, which answers on the thread that received.</summary>
public sealed class InlineHttpServerTests : ListenerTests
{
    protected override IComponent Create(HttpServerOptions options) =>
        new HttpServer(
            "web", options with { InlineHandlers = true }, Routes, Metrics, NullLoggerFactory.Instance, TimeProvider.System);

    protected override Uri AddressOf(IComponent server) => ((HttpServer)server).Address;

    protected override void MapReader(string path) => Routes.Map("POST", path, async context =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.WriteTextAsync(200, "read");
    });
}
