using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>What the sockets of one listener share.</summary>
internal sealed record SocketTransportSettings
{
    /// <summary>The listener's name, for logs.</summary>
    public required string Server { get; init; }

    /// <summary>How a socket of the file system is made; null for TCP.</summary>
    public required UnixSocket? UnixSocket { get; init; }

    /// <summary>Whether a request is answered on the thread that received it.</summary>
    public required bool InlineHandlers { get; init; }

    /// <summary>How much of a connection is read ahead of its handler; a whole head of a request fits.</summary>
    public required int MaxReadAheadBytes { get; init; }

    /// <summary>Rests while nothing can be taken.</summary>
    public required AcceptGate Gate { get; init; }

    public required ILogger Log { get; init; }
}
