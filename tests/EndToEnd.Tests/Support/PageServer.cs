using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Pages of exposition text by path, the same at every scrape.</summary>
public sealed class PageServer : IDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _pages = new(StringComparer.Ordinal);
    private readonly LoopbackHttpServer _server;

    public PageServer() => _server = new LoopbackHttpServer(AnswerAsync);

    public string Address => _server.Address;

    public void Set(string path, string page) => _pages[path] = Encoding.UTF8.GetBytes(page);

    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        bool known = _pages.TryGetValue(context.Request.Url!.AbsolutePath, out byte[]? page);
        context.Response.StatusCode = known ? 200 : 404;
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.OutputStream.WriteAsync(page ?? []);
        context.Response.Close();
    }
}
