using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Answers every request with its own request line and headers, one a line.</summary>
public sealed class EchoServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public EchoServer()
    {
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public string Address { get; } = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Ports.Free()}");

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

            StringBuilder text = new();
            text.Append(context.Request.HttpMethod).Append(' ').Append(context.Request.RawUrl).Append('\n');
            NameValueCollection headers = context.Request.Headers;
            foreach (string? name in headers.AllKeys)
            {
                text.Append(name).Append(": ").Append(headers[name]).Append('\n');
            }

            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
            context.Response.Close();
        }
    }
}
