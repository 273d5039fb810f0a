using System.Text.RegularExpressions;
using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>
/// The sections of a Prometheus server's file that an agent has no use for. They are checked all the same, so that a
/// file shared with a server tells all its problems; whether they may be there at all is said by the caller.
/// </summary>
internal static partial class ServerSections
{
    private static readonly string[] s_keys = ["rule_files", "alerting", "remote_read", "storage", "otlp", "tracing"];

    public static void Check(ConfigSection root, bool allowed)
    {
        foreach (string key in s_keys)
        {
            if (root.Node(key) is not null && !allowed)
            {
                root.Fail(key, $"field {key} is not allowed in agent mode", null, "scrape_configs, scrape_config_files, remote_write, global");
            }
        }

        // Settings of the Go runtime: they cannot mean anything here and do no harm.
        root.Skip("runtime");
        CheckPaths(root, "rule_files", "rule");
        CheckAlerting(root);
        CheckRemoteRead(root);
    }

    /// <summary>Paths may have one <c>*</c>, in their last part.</summary>
    public static void CheckPaths(ConfigSection root, string key, string what)
    {
        foreach (string path in root.Texts(key))
        {
            if (!PathPattern().IsMatch(path))
            {
                root.Fail(key, $"invalid {what} file path \"{path}\"", path, "a path with at most one * and that in its last part");
            }
        }
    }

    private static void CheckAlerting(ConfigSection root)
    {
        if (root.Section("alerting", "config.plain") is not { } alerting)
        {
            return;
        }

        RelabelReader.Read(alerting, "alert_relabel_configs", "empty or null alert relabeling rule", utf8Names: true);
        foreach (ConfigSection manager in alerting.Sections(
            "alertmanagers", "config.AlertmanagerConfig", "empty or null Alertmanager config section"))
        {
            RelabelReader.Read(
                manager, "relabel_configs", "empty or null Alertmanager target relabeling rule", utf8Names: true);
            RelabelReader.Read(
                manager, "alert_relabel_configs", "empty or null Alertmanager alert relabeling rule", utf8Names: true);
        }

        alerting.End();
    }

    private static void CheckRemoteRead(ConfigSection root)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections(
            "remote_read", "config.plain", "empty or null remote read config section"))
        {
            if (section.Text("url").Length == 0)
            {
                section.Fail("url", "url for remote_read is empty");
            }

            string name = section.Text("name");
            if (name.Length > 0 && !names.Add(name))
            {
                section.Fail("name", $"found multiple remote read configs with job name \"{name}\"", name);
            }

            HttpClientConfigReader.Read(section);
            section.Duration("remote_timeout", default);
            section.TextMap("headers");
            section.Bool("read_recent", false);
            section.TextMap("required_matchers");
            section.Bool("filter_external_labels", true);
            section.UnsignedNumber("chunked_read_limit", 0);
            section.End();
        }
    }

    [GeneratedRegex(@"^[^*]*(\*[^/]*)?$")]
    private static partial Regex PathPattern();
}
