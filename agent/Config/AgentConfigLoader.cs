using AmpEdge.Hosting;

namespace AmpEdge.Agent.Config;

/// <summary>Reads a <c>prometheus.yml</c> with the files that it names, checks it whole and fills in every default.</summary>
internal sealed class AgentConfigLoader
{
    private readonly ConfigErrors _errors = new();
    private readonly string _file;
    private readonly bool _serverSectionsAllowed;
    private readonly EnvironmentExpansion _environment;
    private readonly ConfigBasis _basis;

    private AgentConfigLoader(string file, bool serverSectionsAllowed, EnvironmentExpansion environment, ConfigBasis basis)
    {
        _basis = basis;
        _environment = environment;
        _file = file;
        _serverSectionsAllowed = serverSectionsAllowed;
    }

    /// <param name="file">As the user named it; other paths are relative to its folder.</param>
    /// <param name="serverSectionsAllowed">
    /// True to let pass what only a Prometheus server uses (rule_files, alerting, remote_read, …): for checking a file
    /// that both share. An agent does not start with them.
    /// </param>
    /// <param name="environment">Variables that external labels name; null: those of the process.</param>
    /// <param name="expandEnvironment">True to replace <c>${NAME}</c> in all values of all files.</param>
    /// <param name="basis">What flags lay down; null: nothing.</param>
    public static ConfigResult<AgentConfig> Load(
        string file, bool serverSectionsAllowed = false, Func<string, string?>? environment = null,
        bool expandEnvironment = false, ConfigBasis? basis = null)
    {
        AgentConfigLoader loader = new(
            file, serverSectionsAllowed,
            new EnvironmentExpansion(environment ?? Environment.GetEnvironmentVariable, expandEnvironment),
            basis ?? new ConfigBasis());
        AgentConfig? config = loader.ReadRoot();
        return new ConfigResult<AgentConfig>(loader._errors.Count == 0 ? config : null, loader._errors.Problems);
    }

    private AgentConfig? ReadRoot()
    {
        if (ReadFile(_file) is not { } document
            || ConfigSection.OpenRoot(_file, document, "config.plain", _errors) is not { } root)
        {
            return null;
        }

        GlobalConfig global = GlobalConfigReader.Read(root, _environment, _basis.Global);
        HashSet<string> jobs = new(StringComparer.Ordinal);
        List<ScrapeConfig> scrapeConfigs = ReadScrapeConfigs(root, global, jobs);
        ServerSections.CheckPaths(root, "scrape_config_files", "scrape config");
        IReadOnlyList<string> patterns = root.FilePaths("scrape_config_files");
        foreach (string file in ScrapeConfigFiles.Find(patterns, problem => root.Fail("scrape_config_files", problem)))
        {
            ReadScrapeConfigFile(file, global, jobs, scrapeConfigs);
        }

        IReadOnlyList<RemoteWriteConfig> remoteWrites = RemoteWriteConfigReader.ReadAll(root, global, _basis.Buffer);
        ServerSections.Check(root, _serverSectionsAllowed);
        root.End();
        return new AgentConfig
        {
            File = _file,
            Global = global,
            ScrapeConfigs = scrapeConfigs,
            ScrapeConfigFiles = patterns,
            RemoteWrites = remoteWrites,
        };
    }

    private static List<ScrapeConfig> ReadScrapeConfigs(ConfigSection root, GlobalConfig global, HashSet<string> jobs)
    {
        List<ScrapeConfig> configs = [];
        foreach (ConfigSection section in root.Sections(
            "scrape_configs", "config.ScrapeConfig", "empty or null scrape config section"))
        {
            ScrapeConfig config = ScrapeConfigReader.Read(section, global);
            if (config.JobName.Length > 0 && !jobs.Add(config.JobName))
            {
                section.Fail(
                    "job_name", $"found multiple scrape configs with job name \"{config.JobName}\"", config.JobName,
                    "a name that no other job has, in all files");
            }

            configs.Add(config);
        }

        return configs;
    }

    private void ReadScrapeConfigFile(
        string file, GlobalConfig global, HashSet<string> jobs, List<ScrapeConfig> scrapeConfigs)
    {
        if (ReadFile(file) is { } document
            && ConfigSection.OpenRoot(file, document, "config.ScrapeConfigs", _errors) is { } root)
        {
            scrapeConfigs.AddRange(ReadScrapeConfigs(root, global, jobs));
            root.End();
        }
    }

    private YamlNode? ReadFile(string file) =>
        YamlReader.ReadFile(file, _errors) is { } document ? _environment.Expand(file, document, _errors) : null;
}
