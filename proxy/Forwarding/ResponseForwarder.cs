using System.Net;
using AmpEdge.Proxy.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Forwarder;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>YARP's forwarder: sends a request on and lets the answer stream to the caller as it comes.</summary>
internal sealed class ResponseForwarder : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly IHttpForwarder _forwarder;

    public ResponseForwarder(TimeProvider time)
    {
        // YARP builds its forwarder through a service collection; nothing else lives in this one. Its own log lines
        // repeat what UpstreamCall says with the reason, so they go nowhere.
        ServiceCollection services = new();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(time);
        services.AddHttpForwarder();
        _services = services.BuildServiceProvider();
        _forwarder = _services.GetRequiredService<IHttpForwarder>();
    }

    /// <summary>The part of YARP's settings that a route decides.</summary>
    public static ForwarderRequestConfig SettingsOf(TimeoutsConfig timeouts) => new()
    {
        ActivityTimeout = timeouts.Idle,
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    /// <summary>Forwards one request over the connections of its route.</summary>
    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, HttpMessageInvoker connections, ForwarderRequestConfig settings, SigningTransformer transformer,
        CancellationToken cancel) =>
        _forwarder.SendAsync(context, transformer.Upstream.Origin, connections, settings, transformer, cancel);

    public void Dispose() => _services.Dispose();
}
