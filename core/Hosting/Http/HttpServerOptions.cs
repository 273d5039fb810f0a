using System.Net.Security;

namespace AmpEdge.Hosting;

/// <summary>Where a listener listens and what it puts up with from its clients. Each limit holds per listener.</summary>
public sealed record HttpServerOptions
{
    /// <summary>
    /// <c>host:port</c>; host may be an IP address, <c>localhost</c>, or empty for all interfaces; port 0 takes a free one.
    /// </summary>
    public required string ListenAddress { get; init; }

    /// <summary>Listened on in place of the address; for servers on Kestrel.</summary>
    public UnixSocket? UnixSocket { get; init; }

    /// <summary>Asked at each TLS handshake, so that certificates may change; null: no TLS. For servers on Kestrel.</summary>
    public Func<SslServerAuthenticationOptions>? Tls { get; init; }

    /// <summary>Connections open at once; further ones are closed at accept.</summary>
    public int MaxConnections { get; init; } = 512;

    /// <summary>
    /// File descriptors that must be left over for a connection to be taken; as long as there are fewer, further callers wait in the
    /// backlog of the system.
    /// </summary>
    public int SpareDescriptors { get; init; } = FileDescriptors.SpareForCallers;

    /// <summary>Where it asks how many are left.</summary>
    public FileDescriptors Descriptors { get; init; } = FileDescriptors.OfProcess;

    /// <summary>Bytes of one request body; a larger one is refused with 413.</summary>
    public long MaxRequestBodyBytes { get; init; } = 32 << 20;

    /// <summary>Bytes of the request line, which holds the query; a longer one is refused with 414.</summary>
    public int MaxRequestLineBytes { get; init; } = 64 << 10;

    /// <summary>Bytes of all header fields of a request; more are refused with 431.</summary>
    public int MaxRequestHeaderBytes { get; init; } = 32 << 10;

    /// <summary>Header fields of a request; more are refused with 431.</summary>
    public int MaxRequestHeaderCount { get; init; } = 100;

    /// <summary>From the first byte of a request to the end of its header fields; slower ones get 408.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an idle connection is kept.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A body that comes (or is taken) slower than this, after <see cref="DataRateGrace"/>, ends the connection.</summary>
    public double MinBytesPerSecond { get; init; } = 240;

    public TimeSpan DataRateGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests may still run after the listener has stopped accepting.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True to also accept HTTP/2 with prior knowledge on the cleartext port, beside HTTP/1.1.</summary>
    public bool Http2 { get; init; }

    /// <summary>
    /// True when handlers only ever wait for something and never compute for long: a request is then answered on the thread that
    /// received it. A connection on which a handler computes does not notice that its client goes. For servers on Kestrel.
    /// </summary>
    public bool InlineHandlers { get; init; }

    /// <summary>Metrics are named <c>&lt;prefix&gt;_http_requests_total</c> and so on.</summary>
    public string MetricPrefix { get; init; } = "prometheus";
}
