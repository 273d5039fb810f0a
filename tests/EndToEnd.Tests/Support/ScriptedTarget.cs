using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// A scrape target on loopback whose page the test writes. Each scrape gets the page of its number, so a test knows
/// which samples there must be.
/// </summary>
public sealed class ScriptedTarget : IDisposable
{
    private readonly LoopbackHttpServer _server;
    private readonly Func<int, string> _page;
    private int _scrapes;

    public ScriptedTarget(Func<int, string> page)
    {
        _page = page;
        _server = new LoopbackHttpServer(AnswerAsync);
    }

    public int Port => _server.Port;

    public string Address => _server.Address;

    /// <summary>How many pages were handed out whole; a scraper that was killed while it read did not scrape.</summary>
    public int Scrapes => Volatile.Read(ref _scrapes);

    public void Dispose() => _server.Dispose();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        byte[] body = Encoding.UTF8.GetBytes(_page(_scrapes + 1));
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
        Interlocked.Increment(ref _scrapes);
    }
}
