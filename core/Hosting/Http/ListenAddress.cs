using System.Globalization;
using System.Net;

namespace AmpEdge.Hosting;

/// <summary>A <c>host:port</c> to listen on, as flags and config give it.</summary>
public sealed record ListenAddress(string Host, int Port)
{
    /// <summary>Where to bind: one address, both loopbacks for <c>localhost</c> would need two ports for port 0, so one.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints =>
        Host switch
        {
            "" or "*" => [new IPEndPoint(IPAddress.Any, Port)],
            "localhost" => [new IPEndPoint(IPAddress.Loopback, Port)],
            _ => [new IPEndPoint(IPAddress.Parse(Host), Port)],
        };

    /// <summary>True when only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));

    /// <exception cref="FormatException">The text is not <c>host:port</c>; the message says what is allowed.</exception>
    public static ListenAddress Parse(string text) =>
        TryParse(text, out ListenAddress? address, out string problem) ? address : throw new FormatException(problem);

    /// <summary>What a client on this machine asks to reach a listener: <c>http://127.0.0.1:9090</c>.</summary>
    internal static Uri ForClients(IPEndPoint bound) =>
        bound.Address.Equals(IPAddress.Any) ? new Uri($"http://127.0.0.1:{bound.Port}")
            : bound.Address.Equals(IPAddress.IPv6Any) ? new Uri($"http://localhost:{bound.Port}")
            : new Uri($"http://{bound}");

    internal static StartFailedException CannotListen(string address, Exception cause) => new(
        $"cannot listen on {address}: {cause.Message} (choose another address or stop what listens there)", cause);

    public static bool TryParse(
        string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ListenAddress? address, out string problem)
    {
        address = null;
        problem = $"listen address '{text}' is not host:port (got '{text}', allowed: 127.0.0.1:9090, [::1]:9090, localhost:9090, :9090, port 0 for a free one)";
        int colon = text.LastIndexOf(':');
        if (colon < 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port > IPEndPoint.MaxPort)
        {
            return false;
        }

        string host = text[..colon];
        host = host is ['[', .. { Length: > 0 } inner, ']'] ? inner : host;
        if (host is not ("" or "*" or "localhost") && !IPAddress.TryParse(host, out _))
        {
            return false;
        }

        address = new ListenAddress(host, port);
        problem = "";
        return true;
    }
}
