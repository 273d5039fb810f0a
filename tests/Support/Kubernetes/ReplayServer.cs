using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>
/// An API server on loopback that answers from a <see cref="ReplayCluster"/> as the recorded one did: lists in pages,
/// watches in chunks of any size, and whatever faults a test puts in the way. It can go away and come back at the same
/// address.
/// </summary>
public sealed class ReplayServer : IAsyncDisposable
{
    private readonly Lock _stateLock = new();
    private readonly ConcurrentDictionary<ReplayWatch, bool> _watches = [];
    private readonly List<ReplayFault> _faults = [];
    private readonly Dictionary<string, List<string>> _pages = new(StringComparer.Ordinal);
    private readonly X509Certificate2? _certificate;
    private readonly Gen _gen;
    private LoopbackListener _listener;
    private int _tokens;
    private int _away;

    /// <param name="cluster">What is served.</param>
    /// <param name="certificate">For TLS; null for plain HTTP.</param>
    /// <param name="seed">Decides how replies are cut into chunks.</param>
    public ReplayServer(ReplayCluster cluster, X509Certificate2? certificate = null, int seed = 1)
    {
        Cluster = cluster;
        _certificate = certificate;
        _gen = new Gen(seed);
        _listener = new LoopbackListener(ServeAsync);
        Port = _listener.Port;
    }

    public ReplayCluster Cluster { get; }

    public int Port { get; }

    public Uri Url => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{Port}");

    /// <summary>Every request target so far, with the token that it showed.</summary>
    public ConcurrentQueue<ScriptedRequest> Requests { get; } = [];

    /// <summary>The token that is asked for; null takes anyone.</summary>
    public string? Token { get; set; }

    /// <summary>Added to each reply for endpoints, as servers do since 1.33.</summary>
    public string? Warning { get; set; }

    /// <summary>The longest piece of a body that is sent at once; 1 sends byte by byte.</summary>
    public int MaxChunkBytes { get; set; } = 4096;

    /// <summary>The page size that the server keeps to, whatever is asked; 0 for that of the request.</summary>
    public int MaxPage { get; set; }

    public int OpenWatches => _watches.Count;

    public void Add(ReplayFault fault)
    {
        lock (_stateLock)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Ends all watches: cleanly, or in the middle of a line as when the server is killed.</summary>
    public void EndWatches(bool cut = false)
    {
        foreach (ReplayWatch watch in _watches.Keys)
        {
            watch.End(cut);
        }
    }

    /// <summary>Sends a bookmark at the present version to all watches that take them.</summary>
    public void SendBookmarks()
    {
        foreach (ReplayWatch watch in _watches.Keys)
        {
            watch.SendBookmark();
        }
    }

    /// <summary>Makes tokens of pages worthless, as compaction does.</summary>
    public void ExpirePages()
    {
        lock (_stateLock)
        {
            _pages.Clear();
        }
    }

    /// <summary>Goes away: nobody listens, all connections end. Without effect while it is away.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _away, 1) == 1)
        {
            return;
        }

        EndWatches(cut: true);
        await _listener.DisposeAsync();
    }

    /// <summary>Comes back at the same address.</summary>
    public void Start()
    {
        _listener = new LoopbackListener(ServeAsync, Port);
        Volatile.Write(ref _away, 0);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        await using Stream stream = await OpenAsync(client, stop);
        if (await ReadRequestAsync(stream, stop) is { } request)
        {
            Requests.Enqueue(request);
            await AnswerAsync(request, stream, stop);
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client, CancellationToken stop)
    {
        if (_certificate is null)
        {
            return client.GetStream();
        }

        SslStream tls = new(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
        return tls;
    }

    private static async Task<ScriptedRequest?> ReadRequestAsync(Stream stream, CancellationToken stop)
    {
        byte[] bytes = new byte[16 << 10];
        int used = 0;
        int end;
        while ((end = bytes.AsSpan(0, used).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(used), stop);
            if (read == 0)
            {
                return null;
            }

            used += read;
        }

        string[] lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        string[] words = lines[0].Split(' ');
        return new ScriptedRequest(words[0], words[1], headers, []);
    }

    private async Task AnswerAsync(ScriptedRequest request, Stream stream, CancellationToken stop)
    {
        if (TakeFault(request.Target) is { } fault)
        {
            if (fault.Hangs)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
            }

            await stream.WriteAsync(fault.Reply ?? [], stop);
            return;
        }

        if (Token is { } token && request.Headers.GetValueOrDefault("Authorization") != $"Bearer {token}")
        {
            await stream.WriteAsync(ReplayFault.Recorded("errors/401-bad-token").Reply, stop);
            return;
        }

        ReplayQuery? query = ReplayQuery.Parse(request.Target);
        if (query is null)
        {
            await stream.WriteAsync(ReplayFault.Recorded("errors/404-group").Reply, stop);
        }
        else if (query.IsWatch)
        {
            await WatchAsync(query, stream, stop);
        }
        else
        {
            await ListAsync(query, stream, stop);
        }
    }

    private ReplayFault? TakeFault(string target)
    {
        lock (_stateLock)
        {
            int index = _faults.FindIndex(fault => fault.Matches(target));
            if (index < 0)
            {
                return null;
            }

            ReplayFault fault = _faults[index];
            _faults[index] = fault with { Times = fault.Times - 1 };
            if (fault.Times <= 1)
            {
                _faults.RemoveAt(index);
            }

            return fault;
        }
    }

    private async Task ListAsync(ReplayQuery query, Stream stream, CancellationToken stop)
    {
        long version = Cluster.Version;
        List<string>? items;
        lock (_stateLock)
        {
            // As the recorded server: what it has at hand comes whole.
            items = query.Continue.Length == 0
                ? Cluster.List(query)
                : _pages.Remove(query.Continue, out List<string>? rest) ? rest : null;
        }

        if (items is null)
        {
            await stream.WriteAsync(ReplayFault.Recorded("errors/410-list-continue").Reply, stop);
            return;
        }

        int limit = query.Version == "0" && MaxPage == 0 ? 0 : MaxPage > 0 ? MaxPage : query.Limit;
        string next = "";
        if (limit > 0 && items.Count > limit)
        {
            lock (_stateLock)
            {
                next = string.Create(CultureInfo.InvariantCulture, $"page-{++_tokens}");
                _pages.Add(next, items.GetRange(limit, items.Count - limit));
            }

            items = items.GetRange(0, limit);
        }

        string meta = next.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"resourceVersion":"{{version}}"}""")
            : string.Create(CultureInfo.InvariantCulture, $$"""{"resourceVersion":"{{version}}","continue":"{{next}}"}""");
        string body = $$"""{"kind":"List","apiVersion":"v1","metadata":{{meta}},"items":[{{string.Join(',', items)}}]}""" + "\n";
        await SendHeadAsync(query, stream, stop);
        await SendAsync(stream, Encoding.UTF8.GetBytes(body), stop);
        await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), stop);
    }

    private async Task WatchAsync(ReplayQuery query, Stream stream, CancellationToken stop)
    {
        using ReplayWatch watch = new(query, Cluster, bytes => SendAsync(stream, bytes, stop));
        await SendHeadAsync(query, stream, stop);
        _watches.TryAdd(watch, true);
        try
        {
            if (await watch.RunAsync(stop))
            {
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), stop);
            }
        }
        finally
        {
            _watches.TryRemove(watch, out _);
        }
    }

    private async Task SendHeadAsync(ReplayQuery query, Stream stream, CancellationToken stop)
    {
        string warning = Warning is { } text && query.Resource.EndsWith("/endpoints", StringComparison.Ordinal)
            ? $"Warning: {text}\r\n"
            : "";
        string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            + $"Connection: close\r\n{warning}\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head), stop);
        await stream.FlushAsync(stop);
    }

    /// <summary>Sends bytes in chunks that respect neither lines nor characters.</summary>
    private async Task SendAsync(Stream stream, byte[] bytes, CancellationToken stop)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int size;
            lock (_stateLock)
            {
                size = Math.Min(bytes.Length - at, MaxChunkBytes == 1 ? 1 : _gen.Int(1, MaxChunkBytes));
            }

            string head = size.ToString("x", CultureInfo.InvariantCulture) + "\r\n";
            byte[] chunk = [.. Encoding.Latin1.GetBytes(head), .. bytes.AsSpan(at, size), (byte)'\r', (byte)'\n'];
            await stream.WriteAsync(chunk, stop);
            at += size;
        }
    }
}
