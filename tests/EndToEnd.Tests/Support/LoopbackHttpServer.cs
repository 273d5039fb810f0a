using System.Globalization;
using System.Net;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// An HTTP server on loopback that gives each request to the test. A caller that is killed while it is answered ends its
/// own request only.
/// </summary>
public sealed class LoopbackHttpServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task> _answer;
    private readonly bool _answersAtOnce;
    private readonly Task _loop;

    /// <param name="answer">Answers a request, to the end of its response.</param>
    /// <param name="port">Zero for one that is free.</param>
    /// <param name="answersAtOnce">True for many requests at a time; otherwise one waits for the one before.</param>
    public LoopbackHttpServer(Func<HttpListenerContext, Task> answer, int port = 0, bool answersAtOnce = false)
    {
        _answer = answer;
        _answersAtOnce = answersAtOnce;
        Port = port == 0 ? Ports.Free() : port;
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public int Port { get; }

    /// <summary>Host and port.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait(TimeSpan.FromSeconds(5));
        try
        {
            _listener.Close();
        }
        catch (HttpListenerException)
        {
            // It opens its port once more to close it, and somebody has that by now: what there was to close is closed.
            return;
        }
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

            Task answering = Task.Run(() => AnswerAsync(context));
            if (!_answersAtOnce)
            {
                await answering;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            await _answer(context);
        }
        catch (Exception gone) when (gone is HttpListenerException or IOException or ObjectDisposedException)
        {
            context.Response.Abort();
        }
    }
}
