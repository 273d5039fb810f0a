using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AmpEdge.Hosting;

/// <summary>Hands Kestrel's requests to the pipeline.</summary>
internal sealed class KestrelApplication(RequestPipeline pipeline) : IHttpApplication<HttpContext>
{
    /// <summary>Kestrel lets a connection keep its context from one request to the next; so do we.</summary>
    public HttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<HttpContext> kept)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        if (kept.HostContext is DefaultHttpContext known)
        {
            known.Initialize(contextFeatures);
            return known;
        }

        DefaultHttpContext made = new(contextFeatures);
        kept.HostContext = made;
        return made;
    }

    public Task ProcessRequestAsync(HttpContext context) => pipeline.RunAsync(new KestrelExchange(context));

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        if (context is DefaultHttpContext made)
        {
            made.Uninitialize();
        }
    }
}
