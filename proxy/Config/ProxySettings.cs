using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>What holds for the life of the process, as its flags say. Defaults stand here and nowhere else.</summary>
internal sealed record ProxySettings
{
    /// <summary>The file of listeners and routes; null when the flags name them.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Between two looks whether the file has changed; zero for none.</summary>
    public TimeSpan AutoReloadInterval { get; init; }

    /// <summary>True to let <c>/-/reload</c> be called on an admin address that other machines reach.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Whether <c>/-/reload</c> may be called: on loopback always.</summary>
    public bool MayReload => EnableLifecycle || ListenAddress.Parse(AdminListenAddress).IsLoopback;

    /// <summary>Where health, readiness and metrics are answered.</summary>
    public string AdminListenAddress { get; init; } = "127.0.0.1:8081";

    /// <summary>Bytes of all request bodies held at once; beyond it requests are refused with 503.</summary>
    public long MaxBufferedBytes { get; init; } = 256 << 20;

    /// <summary>How long running requests may still take once the process was asked to stop.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    public bool LogFailedRequests { get; init; }

    public bool LogSigningProcess { get; init; }
}
