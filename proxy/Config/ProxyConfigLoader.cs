using AmpEdge.Hosting;

namespace AmpEdge.Proxy.Config;

/// <summary>
/// Reads the configuration file into records and reports everything that is wrong with it at once. Each section has a reader
/// of its own; a key that none asks for is refused by name.
/// </summary>
internal sealed class ProxyConfigLoader
{
    private readonly ConfigErrors _errors = new();
    private readonly string _file;
    private readonly string _adminAddress;

    private ProxyConfigLoader(string file, string adminAddress)
    {
        _file = file;
        _adminAddress = adminAddress;
    }

    /// <summary>Reads a file; the result holds a configuration or at least one problem.</summary>
    /// <param name="file">What is read; relative paths in it begin in its folder.</param>
    /// <param name="adminAddress">Where the process's own pages are: no route may lead there.</param>
    public static ConfigResult<ProxyConfig> Load(string file, string adminAddress)
    {
        ProxyConfigLoader loader = new(file, adminAddress);
        return loader.Finish(YamlReader.ReadFile(file, loader._errors));
    }

    /// <summary>Reads a text; <paramref name="file"/> is named in problems and is where relative paths begin.</summary>
    public static ConfigResult<ProxyConfig> Parse(string file, string yaml, string adminAddress)
    {
        ProxyConfigLoader loader = new(file, adminAddress);
        return loader.Finish(YamlReader.Read(file, yaml, loader._errors));
    }

    private ConfigResult<ProxyConfig> Finish(YamlNode? root)
    {
        ConfigSection? section = root is null ? null : ConfigSection.OpenRoot(_file, root, "proxy", _errors);
        ProxyConfig? config = section is null ? null : ReadProxy(section);
        return new ConfigResult<ProxyConfig>(_errors.Count == 0 ? config : null, _errors.Problems);
    }

    private ProxyConfig ReadProxy(ConfigSection root)
    {
        IReadOnlyList<ListenerConfig> listeners = ListenerReader.ReadAll(root);
        IReadOnlyList<VirtualWorkspaceConfig> virtualWorkspaces =
            new VirtualWorkspaceReader(listeners, _adminAddress).ReadAll(root);
        ProxyConfig config = new()
        {
            Listeners = listeners,
            VirtualWorkspaces = virtualWorkspaces,
            Routes = new RouteReader(listeners, virtualWorkspaces, _adminAddress).ReadAll(root),
            AccessLog = AccessLogReader.Read(root.Section("access_log", "access log")),
            LocalAnswers = LocalAnswersReader.Read(root.Section("local_answers", "local answers")),
            Usage = UsageReader.Read(root),
        };
        root.End();
        return config;
    }
}
