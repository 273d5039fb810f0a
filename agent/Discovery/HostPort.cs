using System.Globalization;

namespace AmpEdge.Agent.Discovery;

/// <summary>Addresses of targets.</summary>
internal static class HostPort
{
    /// <summary>Host and port with a colon between; a host that has colons itself gets brackets.</summary>
    public static string Join(string host, int port)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{number}" : $"{host}:{number}";
    }
}
