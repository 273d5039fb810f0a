using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Pages of exposition text by path, the same at every scrape.</summary>
public sealed class PageServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, byte[]> _pages = new(StringComparer.Ordinal);
    private readonly Task _loop;

    public PageServer()
    {
        int port = Ports.Free();
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public string Address { get; }

    public void Set(string path, string page) => _pages[path] = Encoding.UTF8.GetBytes(page);

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                bool known = _pages.TryGetValue(context.Request.Url!.AbsolutePath, out byte[]? page);
                context.Response.StatusCode = known ? 200 : 404;
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                await context.Response.OutputStream.WriteAsync(page ?? []);
                context.Response.Close();
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException)
            {
                // The scraper ended while it read.
                context.Response.Abort();
            }
        }
    }
}
