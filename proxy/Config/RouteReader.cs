using System.Linq;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads <c>routes</c>.</summary>
internal sealed class RouteReader
{
    private readonly IReadOnlyList<ListenerConfig> _listeners;
    private readonly IReadOnlyList<VirtualWorkspaceConfig> _virtualWorkspaces;
    private readonly string _adminAddress;

    /// <param name="listeners">Those of the same file: what routes may name and must not lead to.</param>
    /// <param name="virtualWorkspaces">Those of the same file, which routes may name in place of an upstream.</param>
    /// <param name="adminAddress">Must not be led to either.</param>
    public RouteReader(
        IReadOnlyList<ListenerConfig> listeners,
        IReadOnlyList<VirtualWorkspaceConfig> virtualWorkspaces,
        string adminAddress)
    {
        _listeners = listeners;
        _virtualWorkspaces = virtualWorkspaces;
        _adminAddress = adminAddress;
    }

    public IReadOnlyList<RouteConfig> ReadAll(ConfigSection root)
    {
        List<RouteConfig> routes = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections("routes", "route", "empty route"))
        {
            RouteConfig route = Read(section);
            if (route.Name.Length == 0)
            {
                section.Fail("name", "is missing", allowed: "a name for logs and metrics");
            }
            else if (!names.Add(route.Name))
            {
                section.Fail("name", "is used by another route", route.Name, "a name of its own");
            }

            routes.Add(route);
        }

        if (routes.Count == 0)
        {
            root.Fail("routes", "there is none", allowed: "a list with at least one route");
        }

        return routes;
    }

    private RouteConfig Read(ConfigSection section)
    {
        string workspace = ReadWorkspace(section);
        SigningConfig signing = SigningReader.Read(section.Section("sigv4", "sigv4"));
        string? virtualWorkspace = ReadVirtualWorkspace(section);
        MatchConfig match = new MatchReader(_listeners).Read(section.Section("match", "match"));
        RouteConfig route = new()
        {
            Name = section.Text("name"),
            VirtualWorkspace = virtualWorkspace,
            Match = match,
            Caller = CallerReader.Read(section.Section("caller", "caller"), VerifiesCertificates(match)),
            Upstream = virtualWorkspace is null ? ReadUpstream(section, workspace, signing.Region) : new UpstreamConfig(),
            Workspace = workspace,
            Access = ReadAccess(section),
            AllowPaths = PathsReader.ReadAllowed(section),
            PathRewrites = PathsReader.ReadRewrites(section),
            Signing = signing,
            Headers = HeadersReader.Read(section.Section("headers", "headers")),
            Timeouts = TimeoutsReader.Read(section.Section("timeouts", "timeouts")),
            Limits = LimitsReader.Read(section.Section("limits", "limits")),
            Retries = RetriesReader.Read(section.Section("retries", "retries")),
            QueryGuard = QueryGuardReader.Read(section.Section("query_guard", "query_guard")),
            WriteRelabelRules = RelabelReader.Read(
                section, "write_relabel_configs", "empty or null relabeling rule", utf8Names: true),
            Cache = ReadCacheReader.Read(section.Section("cache", "cache")),
        };
        if (route.WriteRelabelRules.Count > 0 && (virtualWorkspace is not null || route.Access == RouteAccess.ReadOnly))
        {
            string why = virtualWorkspace is null ? "access: read_only" : "virtual_workspace";
            section.Fail("write_relabel_configs", $"are for writes, which this route does not take ({why})");
        }

        if (route.Access == RouteAccess.WriteOnly && route.Cache is not null)
        {
            section.Fail("cache", "is for reads, which this route does not take (access: write_only)");
        }

        section.End();
        return route;
    }

    /// <summary>A route has one or the other; what belongs to an upstream is then the members' own.</summary>
    private string? ReadVirtualWorkspace(ConfigSection section)
    {
        string name = section.Text("virtual_workspace");
        if (name.Length == 0)
        {
            return null;
        }

        List<string> known = [];
        foreach (VirtualWorkspaceConfig workspace in _virtualWorkspaces)
        {
            known.Add(workspace.Name);
        }

        if (!known.Contains(name))
        {
            section.Fail("virtual_workspace", "is none of virtual_workspaces", name, string.Join(", ", known));
        }

        foreach (string key in (ReadOnlySpan<string>)["upstream", "sign_host", "workspace", "sigv4", "path_rewrites", "headers", "timeouts", "retries"])
        {
            if (section.Has(key))
            {
                section.Fail(key, "has no meaning beside virtual_workspace, whose members have their own");
            }
        }

        return name;
    }

    /// <summary>True when all listeners of a route have their callers' certificates verified.</summary>
    private bool VerifiesCertificates(MatchConfig match)
    {
        foreach (ListenerConfig listener in _listeners)
        {
            bool counts = match.Listeners.Count == 0 || match.Listeners.Contains(listener.Name);
            if (counts && listener.Tls?.ClientAuth != ClientAuthType.RequireAndVerifyClientCert)
            {
                return false;
            }
        }

        return true;
    }

    private static string ReadWorkspace(ConfigSection section)
    {
        string workspace = section.Text("workspace");
        foreach (char letter in workspace)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                section.Fail("workspace", "is not the id of a workspace", workspace, "such as ws-12345678-90ab-cdef-1234-567890abcdef");
                return "";
            }
        }

        return workspace;
    }

    private static RouteAccess ReadAccess(ConfigSection section) =>
        section.Choice("access", "read_write", "read_write", "read_only", "write_only") switch
        {
            "read_only" => RouteAccess.ReadOnly,
            "write_only" => RouteAccess.WriteOnly,
            _ => RouteAccess.ReadWrite,
        };

    /// <summary>A workspace and its region are enough to tell AMP's own endpoint.</summary>
    private UpstreamConfig ReadUpstream(ConfigSection section, string workspace, string? region)
    {
        const string Allowed = "such as https://aps-workspaces.us-east-1.amazonaws.com";
        UpstreamConfig upstream = new() { SignHost = section.OptionalText("sign_host") };
        if (!ConfigUrl.TryRead(section, "upstream", out Uri? url))
        {
            if (section.Text("upstream").Length == 0)
            {
                if (workspace.Length > 0 && region is not null)
                {
                    return upstream with { Host = $"aps-workspaces.{region}.amazonaws.com" };
                }

                if (workspace.Length > 0)
                {
                    section.Fail("workspace", "tells AMP's endpoint only together with sigv4.region", workspace, "sigv4.region or upstream beside it");
                    return upstream;
                }

                section.Fail("upstream", "is missing", allowed: Allowed + "; or workspace and sigv4.region");
            }

            return upstream;
        }

        if (url.PathAndQuery != "/" || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            section.Fail("upstream", "must be scheme, host and port only", url.OriginalString, Allowed);
        }

        upstream = upstream with { Scheme = url.Scheme, Host = url.Authority };
        if (LoopGuard.OwnListener(upstream, _listeners, _adminAddress) is { } own)
        {
            section.Fail(
                "upstream", $"is this proxy's own listener {own}: every request would come back for ever",
                url.OriginalString, "the server that requests are meant for");
        }

        return upstream;
    }
}
