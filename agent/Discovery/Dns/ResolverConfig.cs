using System.Globalization;
using System.Net;

namespace AmpEdge.Agent.Discovery;

/// <summary>What a <c>resolv.conf</c> says (resolv.conf(5)): whom to ask, and what names are short for.</summary>
internal sealed record ResolverConfig
{
    private const int DnsPort = 53;
    private const int MaxNdots = 15;
    private const int MaxAttempts = 5;
    private const int MaxTimeoutSeconds = 30;

    /// <summary>Asked in this order; the host itself when none is named.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [new IPEndPoint(IPAddress.Loopback, DnsPort)];

    /// <summary>Domains that names may be relative to.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>A name with at least so many dots is tried as it is before the search domains.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>How long to wait for one server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often to go through the servers.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Begin with another server for each question.</summary>
    public bool Rotate { get; init; }

    /// <summary>
    /// Reads the text of a file. Like every resolver this passes over what it does not understand: the file belongs to
    /// the system, and a name server that works is better than a complaint.
    /// </summary>
    public static ResolverConfig Parse(string text)
    {
        ResolverConfig config = new();
        List<IPEndPoint> servers = [];
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(
                (char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length < 2 || words[0][0] is '#' or ';')
            {
                continue;
            }

            switch (words[0])
            {
                case "nameserver" when TryReadServer(words[1], out IPEndPoint? server):
                    servers.Add(server);
                    break;
                case "domain":
                    config = config with { Search = [words[1]] };
                    break;
                case "search":
                    config = config with { Search = words[1..] };
                    break;
                case "options":
                    config = ReadOptions(config, words.AsSpan(1));
                    break;
            }
        }

        return servers.Count == 0 ? config : config with { Servers = servers };
    }

    /// <summary>The rooted names to try for a configured one, in order.</summary>
    public IReadOnlyList<string> NamesFor(string name)
    {
        if (DnsName.IsRooted(name))
        {
            return [name];
        }

        List<string> names = [];
        foreach (string domain in Search)
        {
            string full = domain == "." ? $"{name}." : $"{name}.{domain}";
            names.Add(DnsName.IsRooted(full) ? full : full + ".");
        }

        names.Insert(DnsName.CountLabels(name) > Ndots ? 0 : names.Count, name + ".");
        return names;
    }

    /// <summary>An address, or as on some BSDs <c>[address]:port</c>.</summary>
    private static bool TryReadServer(string word, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? server)
    {
        server = null;
        int close = word.IndexOf("]:", StringComparison.Ordinal);
        if (word[0] == '[' && close > 0)
        {
            if (IPAddress.TryParse(word.AsSpan(1, close - 1), out IPAddress? bracketed)
                && ushort.TryParse(word.AsSpan(close + 2), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            {
                server = new IPEndPoint(bracketed, port);
            }
        }
        else if (IPAddress.TryParse(word, out IPAddress? address))
        {
            server = new IPEndPoint(address, DnsPort);
        }

        return server is not null;
    }

    private static ResolverConfig ReadOptions(ResolverConfig config, ReadOnlySpan<string> options)
    {
        foreach (string option in options)
        {
            int colon = option.IndexOf(':', StringComparison.Ordinal);
            int value = colon > 0 && int.TryParse(
                option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;
            config = (colon > 0 ? option[..colon] : option) switch
            {
                "ndots" when value >= 0 => config with { Ndots = Math.Min(value, MaxNdots) },
                "timeout" when value > 0 => config with { Timeout = TimeSpan.FromSeconds(Math.Min(value, MaxTimeoutSeconds)) },
                "attempts" when value > 0 => config with { Attempts = Math.Min(value, MaxAttempts) },
                "rotate" => config with { Rotate = true },
                _ => config,
            };
        }

        return config;
    }
}
