using Microsoft.AspNetCore.Http.Features;

namespace AmpEdge.Proxy.Forwarding;

/// <summary>
/// Tells YARP that there is no body for it to copy: bodies are in memory by then and sent from there, as often as needed,
/// while YARP's own content can be sent once.
/// </summary>
internal sealed class NoYarpBody : IHttpRequestBodyDetectionFeature
{
    private NoYarpBody()
    {
    }

    public static NoYarpBody Instance { get; } = new();

    public bool CanHaveBody => false;
}
