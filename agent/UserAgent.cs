using AmpEdge.Hosting;

namespace AmpEdge.Agent;

/// <summary>What the agent calls itself in the requests that it sends.</summary>
internal static class UserAgent
{
    public static string Value { get; } = $"ampedge-agent/{BuildVersion.Of(typeof(UserAgent).Assembly).Version}";
}
