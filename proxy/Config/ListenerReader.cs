using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads <c>listeners</c>; without any there is the one on loopback that the flags have.</summary>
internal static class ListenerReader
{
    private const int MostConnections = 1_000_000;

    public static IReadOnlyList<ListenerConfig> ReadAll(ConfigSection root)
    {
        List<ListenerConfig> listeners = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        HashSet<string> addresses = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections("listeners", "listener", "empty listener"))
        {
            ListenerConfig listener = Read(section);
            if (!names.Add(listener.Name))
            {
                section.Fail("name", "is used by another listener", listener.Name, "a name of its own");
            }

            if (!addresses.Add(listener.Address) && !listener.Address.EndsWith(":0", StringComparison.Ordinal))
            {
                section.Fail("address", "is used by another listener", listener.Address, "an address of its own");
            }

            listeners.Add(listener);
        }

        return listeners.Count > 0 ? listeners : [new ListenerConfig()];
    }

    private static ListenerConfig Read(ConfigSection section)
    {
        ListenerConfig defaults = new();
        ListenerConfig listener = new()
        {
            Name = section.Text("name", defaults.Name),
            Address = ReadAddress(section, defaults.Address),
            MaxConnections = section.Int("max_connections", defaults.MaxConnections, 1, MostConnections),
        };
        section.End();
        return listener;
    }

    private static string ReadAddress(ConfigSection section, string defaultAddress)
    {
        string address = section.Text("address", defaultAddress);
        if (ListenAddress.TryParse(address, out _, out _))
        {
            return address;
        }

        section.Fail("address", "is no address to listen on", address, "127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080");
        return defaultAddress;
    }
}
