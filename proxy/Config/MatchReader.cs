using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads the <c>match</c> section of a route.</summary>
internal sealed class MatchReader(IReadOnlyList<ListenerConfig> listeners)
{
    public MatchConfig Read(ConfigSection? section)
    {
        if (section is null)
        {
            return new MatchConfig();
        }

        MatchConfig match = new()
        {
            Listeners = ReadListeners(section),
            Hosts = section.Texts("hosts"),
            PathPrefix = ReadPathPrefix(section),
            Methods = ReadMethods(section),
            Headers = section.TextMap("headers"),
        };
        section.End();
        return match;
    }

    private IReadOnlyList<string> ReadListeners(ConfigSection section)
    {
        IReadOnlyList<string> names = section.Texts("listeners");
        List<string> known = [];
        foreach (ListenerConfig listener in listeners)
        {
            known.Add(listener.Name);
        }

        foreach (string name in names)
        {
            if (!known.Contains(name))
            {
                section.Fail("listeners", "names a listener that is not there", name, string.Join(", ", known));
            }
        }

        return names;
    }

    private static string ReadPathPrefix(ConfigSection section)
    {
        string prefix = section.Text("path_prefix");
        if (prefix.Length > 0 && (prefix[0] != '/' || prefix.AsSpan().ContainsAny('?', '#')))
        {
            section.Fail("path_prefix", "is not the beginning of a path", prefix, "such as /prometheus");
        }

        return prefix.TrimEnd('/');
    }

    private static List<string> ReadMethods(ConfigSection section)
    {
        List<string> methods = [];
        foreach (string method in section.Texts("methods"))
        {
            if (!HeaderText.IsName(method))
            {
                section.Fail("methods", "is not a method", method, "such as GET, POST");
            }

            methods.Add(method.ToUpperInvariant());
        }

        return methods;
    }
}
