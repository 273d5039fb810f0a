using System.Globalization;
using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// A scrape target on loopback whose page the test writes. Each scrape gets the page of its number, so a test knows
/// which samples there must be.
/// </summary>
public sealed class ScriptedTarget : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<int, string> _page;
    private readonly Task _loop;
    private int _scrapes;

    public ScriptedTarget(Func<int, string> page)
    {
        _page = page;
        Port = Ports.Free();
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>How many pages were handed out whole.</summary>
    public int Scrapes => Volatile.Read(ref _scrapes);

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
                byte[] body = Encoding.UTF8.GetBytes(_page(_scrapes + 1));
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                context.Response.ContentLength64 = body.Length;
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
                Interlocked.Increment(ref _scrapes);
            }
            catch (Exception gone) when (gone is HttpListenerException or IOException)
            {
                // The scraper was killed while it read: that scrape did not happen.
                context.Response.Abort();
            }
        }
    }
}
