using System.Collections.Specialized;
using System.Net;
using System.Text;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>Answers every request with its own request line and headers, one a line.</summary>
public sealed class EchoServer : IDisposable
{
    private readonly LoopbackHttpServer _server = new(AnswerAsync);

    public string Address => _server.Address;

    public void Dispose() => _server.Dispose();

    private static async Task AnswerAsync(HttpListenerContext context)
    {
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
