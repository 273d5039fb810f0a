using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AmpEdge.Tests.Support;

/// <summary>
/// An HTTP/1.1 server on loopback that answers what the test says, byte for byte: odd statuses, missing headers,
/// endless bodies. One request per connection.
/// </summary>
public sealed class ScriptedHttpServer : IAsyncDisposable
{
    private readonly Func<ScriptedRequest, Task<ScriptedResponse>> _answer;
    private readonly LoopbackListener _listener;

    public ScriptedHttpServer(Func<ScriptedRequest, Task<ScriptedResponse>> answer)
    {
        _answer = answer;
        _listener = new LoopbackListener(ServeAsync);
    }

    /// <summary>Answers with the given responses in turn, the last one for ever.</summary>
    public ScriptedHttpServer(params ScriptedResponse[] responses)
        : this(Turns(responses))
    {
    }

    /// <summary>Host and port.</summary>
    public string Address => _listener.Address;

    public Uri Url => new($"http://{Address}");

    /// <summary>Every request so far, in order of arrival.</summary>
    public ConcurrentQueue<ScriptedRequest> Requests { get; } = [];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static Func<ScriptedRequest, Task<ScriptedResponse>> Turns(ScriptedResponse[] responses)
    {
        int served = -1;
        return _ => Task.FromResult(responses[Math.Min(Interlocked.Increment(ref served), responses.Length - 1)]);
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        NetworkStream stream = client.GetStream();
        ScriptedRequest? request = await ReadRequestAsync(stream, stop);
        if (request is null)
        {
            return;
        }

        Requests.Enqueue(request);
        ScriptedResponse response = await _answer(request).WaitAsync(stop);
        await stream.WriteAsync(response.Status == 0 ? [] : Head(response), stop);
        await stream.WriteAsync(response.Body, stop);
    }

    private static async Task<ScriptedRequest?> ReadRequestAsync(NetworkStream stream, CancellationToken stop)
    {
        List<byte> bytes = [];
        byte[] chunk = new byte[4096];
        int headEnd;
        while ((headEnd = Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            int read = await stream.ReadAsync(chunk, stop);
            if (read == 0)
            {
                return null;
            }

            bytes.AddRange(chunk.AsSpan(0, read));
        }

        string[] lines = Encoding.Latin1.GetString([.. bytes], 0, headEnd).Split("\r\n");
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        int length = headers.TryGetValue("Content-Length", out string? text)
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : 0;
        while (bytes.Count < headEnd + 4 + length)
        {
            int read = await stream.ReadAsync(chunk, stop);
            if (read == 0)
            {
                return null;
            }

            bytes.AddRange(chunk.AsSpan(0, read));
        }

        string[] words = lines[0].Split(' ');
        return new ScriptedRequest(words[0], words[1], headers, [.. bytes[(headEnd + 4)..]]);
    }

    private static byte[] Head(ScriptedResponse response)
    {
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status} {ReasonOf(response.Status)}\r\n");
        foreach ((string name, string value) in response.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {response.Body.Length}\r\n");
        return Encoding.Latin1.GetBytes(head.Append("Connection: close\r\n\r\n").ToString());
    }

    private static string ReasonOf(int status) => status switch
    {
        200 => "OK",
        302 => "Found",
        404 => "Not Found",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Scripted",
    };
}
