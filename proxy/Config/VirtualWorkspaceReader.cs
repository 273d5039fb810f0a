using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Proxy.Forwarding;

namespace AmpEdge.Proxy.Config;

/// <summary>Reads <c>virtual_workspaces</c>.</summary>
/// <param name="listeners">Those of the same file, which no member may lead to.</param>
/// <param name="adminAddress">Must not be led to either.</param>
internal sealed class VirtualWorkspaceReader(IReadOnlyList<ListenerConfig> listeners, string adminAddress)
{
    private const int MostMembers = 64;
    private const long MostAnswerBytes = 1 << 30;

    public IReadOnlyList<VirtualWorkspaceConfig> ReadAll(ConfigSection root)
    {
        List<VirtualWorkspaceConfig> workspaces = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections("virtual_workspaces", "virtual workspace", "empty virtual workspace"))
        {
            VirtualWorkspaceConfig workspace = Read(section);
            if (workspace.Name.Length == 0)
            {
                section.Fail("name", "is missing", allowed: "a name for routes to refer to");
            }
            else if (!names.Add(workspace.Name))
            {
                section.Fail("name", "is used by another virtual workspace", workspace.Name, "a name of its own");
            }

            workspaces.Add(workspace);
        }

        return workspaces;
    }

    private VirtualWorkspaceConfig Read(ConfigSection section)
    {
        VirtualWorkspaceConfig defaults = new();
        VirtualWorkspaceConfig workspace = new()
        {
            Name = section.Text("name"),
            Label = section.Text("label", defaults.Label),
            Members = ReadMembers(section),
            Timeout = section.Duration("timeout", defaults.Timeout),
            MaxAnswerBytes = section.Size("max_answer_size", new ByteSize(defaults.MaxAnswerBytes)).Bytes,
        };
        if (!LabelNames.IsLegacyLabelName(Encoding.UTF8.GetBytes(workspace.Label))
            || workspace.Label.StartsWith(LabelNames.ReservedPrefix, StringComparison.Ordinal))
        {
            section.Fail(
                "label", "is no name for a label of one's own", workspace.Label, "letters, digits and underscores, not two of these first");
        }

        if (workspace.Timeout < TimeoutsConfig.Shortest || workspace.Timeout > TimeoutsConfig.Longest)
        {
            section.Fail(
                "timeout", "is out of range", PrometheusDuration.Format(workspace.Timeout),
                $"from {PrometheusDuration.Format(TimeoutsConfig.Shortest)} to {PrometheusDuration.Format(TimeoutsConfig.Longest)}");
        }

        if (workspace.MaxAnswerBytes is < 1 or > MostAnswerBytes)
        {
            section.Fail(
                "max_answer_size", "is out of range", new ByteSize(workspace.MaxAnswerBytes).ToString(),
                $"from 1B to {new ByteSize(MostAnswerBytes)}");
        }

        section.End();
        return workspace;
    }

    private List<MemberConfig> ReadMembers(ConfigSection section)
    {
        List<MemberConfig> members = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ConfigSection one in section.Sections("members", "member", "empty member"))
        {
            MemberConfig member = ReadMember(one);
            if (member.Name.Length == 0)
            {
                one.Fail("name", "is missing", allowed: "the value of the label for its series");
            }
            else if (!names.Add(member.Name))
            {
                one.Fail("name", "is used by another member", member.Name, "a name of its own");
            }

            members.Add(member);
        }

        if (members.Count is 0 or > MostMembers)
        {
            section.Fail("members", $"are {members.Count}", allowed: $"from 1 to {MostMembers}");
        }

        return members;
    }

    private MemberConfig ReadMember(ConfigSection section)
    {
        const string Allowed = "such as https://aps-workspaces.us-east-1.amazonaws.com";
        MemberConfig member = new()
        {
            Name = section.Text("name"),
            Signing = SigningReader.Read(section.Section("sigv4", "sigv4")),
        };
        string workspace = section.Text("workspace");
        if (workspace.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || workspace.AsSpan().ContainsAny('/', '?', '#'))
        {
            section.Fail("workspace", "is no workspace's id", workspace, "such as ws-12345678-1234-1234-1234-123456789012");
        }

        if (!ConfigUrl.TryRead(section, "upstream", out Uri? url))
        {
            if (section.Text("upstream").Length == 0)
            {
                section.Fail("upstream", "is missing", allowed: Allowed);
            }
        }
        else if (url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            section.Fail("upstream", "must be scheme, host, port and path only", url.OriginalString, Allowed);
        }
        else
        {
            string path = url.AbsolutePath.TrimEnd('/');
            member = member with
            {
                Upstream = new UpstreamConfig { Scheme = url.Scheme, Host = url.Authority },
                BasePath = workspace.Length > 0 ? $"{path}/workspaces/{workspace}" : path,
            };
            if (LoopGuard.OwnListener(member.Upstream, listeners, adminAddress) is { } own)
            {
                section.Fail(
                    "upstream", $"is this proxy's own listener {own}: a query might come back for ever",
                    url.OriginalString, "the server of the workspace itself");
            }
        }

        section.End();
        return member;
    }
}
