using System.Globalization;
using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads <c>listeners</c>; without any there is the one on loopback that the flags have.</summary>
internal static class ListenerReader
{
    private const int MostConnections = 1_000_000;

    // What the address of a socket in the file system has room for on Linux, less the zero at its end.
    private const int MostSocketPathBytes = 107;

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
        string address = ReadAddress(section, defaults.Address);
        ListenerTlsConfig? tls = ListenerTlsReader.Read(section.Section("tls_server_config", "tls_server_config"));
        ListenerConfig listener = new()
        {
            Name = section.Text("name", defaults.Name),
            Address = address,
            SocketMode = ReadMode(section, address, defaults.SocketMode),
            Tls = tls,
            MaxConnections = section.Int("max_connections", defaults.MaxConnections, 1, MostConnections),
            Caller = CallerReader.Read(
                section.Section("caller", "caller"), tls?.ClientAuth == ClientAuthType.RequireAndVerifyClientCert),
        };
        section.End();
        return listener;
    }

    private static string ReadAddress(ConfigSection section, string defaultAddress)
    {
        string address = section.Text("address", defaultAddress);
        if (ListenerConfig.SocketPathOf(address) is { } path)
        {
            if (!Path.IsPathRooted(path) || System.Text.Encoding.UTF8.GetByteCount(path) > MostSocketPathBytes)
            {
                section.Fail(
                    "address", "is no path of a socket", address,
                    $"unix: and an absolute path of at most {MostSocketPathBytes} bytes, such as unix:/run/ampedge/proxy.sock");
            }

            return address;
        }

        if (ListenAddress.TryParse(address, out _, out _))
        {
            return address;
        }

        section.Fail(
            "address", "is no address to listen on", address,
            "127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080, unix:/run/ampedge/proxy.sock");
        return defaultAddress;
    }

    /// <summary>Octal digits, as chmod takes them; in YAML 0660 is a number and "0660" a text, and both mean this.</summary>
    private static UnixFileMode ReadMode(ConfigSection section, string address, UnixFileMode defaultMode)
    {
        const string Key = "socket_mode";
        string text = section.Text(Key);
        if (text.Length == 0)
        {
            return defaultMode;
        }

        if (ListenerConfig.SocketPathOf(address) is null)
        {
            section.Fail(Key, "is for sockets only", text, "an address that begins with unix:");
        }

        bool octal = text.Length is 3 or 4 && !text.AsSpan().ContainsAnyExceptInRange('0', '7');
        int mode = 0;
        foreach (char digit in octal ? text : "")
        {
            mode = mode * 8 + int.Parse([digit], CultureInfo.InvariantCulture);
        }

        if (!octal || mode > 0x1FF)
        {
            section.Fail(Key, "is not a mode of a file", text, "three octal digits, such as 0660");
            return defaultMode;
        }

        return (UnixFileMode)mode;
    }
}
