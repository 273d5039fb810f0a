using AmpEdge.Hosting;
using AmpEdge.Proxy.Config;

namespace AmpEdge.Proxy.Listening;

/// <summary>A listener with what it was made of.</summary>
internal sealed record RunningListener(ListenerConfig Config, HttpServer Server);
