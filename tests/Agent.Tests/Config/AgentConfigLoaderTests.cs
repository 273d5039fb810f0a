using System.Linq;
using System.Text.Json;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Config;

/// <summary>Every case of the shared configuration collection: what loads, what does not and why, and the defaults.</summary>
public sealed class AgentConfigLoaderTests
{
    private const string Folder = "conformance/config";

    /// <summary>The prefix of Prometheus's own messages; ours begin with file, line and column.</summary>
    private const string PrometheusPrefix = "parsing YAML file testdata/";

    /// <summary>Keys that a newer release prints and the recorded one does not know.</summary>
    private static readonly HashSet<string> s_newerKeys =
    [
        "metric_name_validation_scheme", "metric_name_escaping_scheme", "scrape_native_histograms", "extra_scrape_metrics",
        "always_scrape_classic_histograms", "convert_classic_histograms_to_nhcb",
    ];

    /// <summary>Sections and keys of a Prometheus server, which an agent does not keep.</summary>
    private static readonly HashSet<string> s_serverKeys = ["runtime", "otlp"];

    /// <summary>The kinds that AmpEdge is made for; refusing one of them is a failure.</summary>
    private static readonly HashSet<string> s_ownDiscoveries =
        ["static", "file", "http", "dns", "kubernetes", "aws", "ec2", "ecs"];

    public static IEnumerable<TheoryDataRow<string>> Good() => Cases(ok: true, loaded: false);

    public static IEnumerable<TheoryDataRow<string>> Bad() => Cases(ok: false, loaded: false);

    public static IEnumerable<TheoryDataRow<string>> Loaded() => Cases(ok: true, loaded: true);

    [Theory]
    [MemberData(nameof(Good))]
    public void A_good_file_loads_but_for_discovery_kinds_that_ampedge_has_not(string file)
    {
        ConfigResult<AgentConfig> result = Load(file);

        Assert.Equal("", string.Join('\n', result.Problems.Where(problem => !IsForeignDiscovery(problem))));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_file_is_refused_for_the_reason_that_prometheus_gives(string file)
    {
        string expected = Find(file).GetProperty("error_contains").GetString() ?? "";
        int prefixEnd = expected.StartsWith(PrometheusPrefix, StringComparison.Ordinal)
            ? expected.IndexOf(": ", StringComparison.Ordinal) + 2
            : 0;
        ConfigResult<AgentConfig> result = LoadWithImports(file);

        Assert.False(result.IsValid);
        Assert.Contains(
            result.Problems, problem => problem.ToString().Contains(expected[prefixEnd..], StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Loaded))]
    public void A_loaded_file_has_the_defaults_of_prometheus(string file)
    {
        string loaded = Find(file).GetProperty("v3_5").GetProperty("loaded").GetString()!;

        // Jobs of further files are merged in by us and listed by their pattern there.
        AgentConfig config = Usable(file);
        AgentConfig own = config.ScrapeConfigFiles.Count > 0 && !loaded.Contains("\nscrape_configs:", StringComparison.Ordinal)
            ? config with { ScrapeConfigs = [] }
            : config;

        ConfigErrors errors = new();
        YamlNode expected = YamlReader.Read("expected", loaded, errors)!;
        YamlNode actual = YamlReader.Read("actual", AgentConfigYaml.Print(own), errors)!;
        List<string> differences = [];
        Compare("", expected, actual, differences);
        Assert.Equal("", string.Join('\n', differences));
        Assert.Equal(0, errors.Count);
    }

    [Theory]
    [MemberData(nameof(Loaded))]
    public void What_is_printed_loads_again_to_the_same(string file)
    {
        AgentConfig config = Usable(file);
        string printed = AgentConfigYaml.Print(config with { ScrapeConfigFiles = [] });
        string copy = Path.Combine(Directory.CreateTempSubdirectory("ampedge-config-").FullName, "prometheus.yml");
        try
        {
            // Printed labels are expanded already; their dollar signs must not be taken for variables.
            int end = printed.IndexOf("\nscrape_configs:", StringComparison.Ordinal);
            end = end < 0 ? printed.Length : end;
            File.WriteAllText(copy, printed[..end].Replace("$", "$$", StringComparison.Ordinal) + printed[end..]);
            ConfigResult<AgentConfig> again = AgentConfigLoader.Load(copy);
            Assert.Equal("", string.Join('\n', again.Problems));
            Assert.Equal(printed, AgentConfigYaml.Print(again.Config!));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
        }
    }

    private static void Compare(string path, YamlNode expected, YamlNode actual, List<string> differences)
    {
        switch (expected, actual)
        {
            case (YamlScalar left, YamlScalar right):
                bool same = left.Value == right.Value
                    || (path.EndsWith("_file", StringComparison.Ordinal) && right.Value.EndsWith(left.Value, StringComparison.Ordinal))
                    || (path.Contains("_files[", StringComparison.Ordinal) && right.Value.EndsWith(left.Value, StringComparison.Ordinal));
                AddIf(differences, !same, $"{path}: expected '{left.Value}', got '{right.Value}'");
                break;
            case (YamlSequence left, YamlSequence right):
                AddIf(differences, left.Items.Count != right.Items.Count, $"{path}: expected {left.Items.Count} items, got {right.Items.Count}");
                for (int index = 0; index < Math.Min(left.Items.Count, right.Items.Count); index++)
                {
                    Compare($"{path}[{index}]", left.Items[index], right.Items[index], differences);
                }

                break;
            case (YamlMapping left, YamlMapping right):
                CompareMappings(path, left, right, differences);
                break;
            default:
                differences.Add($"{path}: expected {expected.Shape}, got {actual.Shape}");
                break;
        }
    }

    private static void CompareMappings(string path, YamlMapping expected, YamlMapping actual, List<string> differences)
    {
        foreach (YamlEntry entry in expected.Entries)
        {
            YamlEntry? own = actual.Entries.FirstOrDefault(candidate => candidate.Key == entry.Key);
            if (own is not null)
            {
                Compare($"{path}.{entry.Key}", entry.Value, own.Value, differences);
            }
            else
            {
                // An external label without a value is no label.
                bool allowed = path.Length == 0
                    ? s_serverKeys.Contains(entry.Key)
                    : path == ".global.external_labels" && entry.Value is YamlScalar { Value: "" };
                AddIf(differences, !allowed, $"{path}.{entry.Key}: is missing");
            }
        }

        foreach (YamlEntry entry in actual.Entries)
        {
            bool extra = expected.Entries.All(candidate => candidate.Key != entry.Key) && !s_newerKeys.Contains(entry.Key);
            AddIf(differences, extra, $"{path}.{entry.Key}: is not in Prometheus's");
        }
    }

    private static void AddIf(List<string> differences, bool different, string difference)
    {
        if (different)
        {
            differences.Add(difference);
        }
    }

    private static ConfigResult<AgentConfig> Load(string file) => Load(file, Oracle.Locate($"{Folder}/files/{file}"));

    private static ConfigResult<AgentConfig> Load(string file, string path) =>
        AgentConfigLoader.Load(
            path,
            serverSectionsAllowed: !Find(file).GetProperty("agent_mode").GetBoolean(),
            environment: _ => null);

    private static bool IsForeignDiscovery(ConfigProblem problem)
    {
        const string Suffix = "_sd_configs is not supported by AmpEdge";
        return problem.Problem.EndsWith(Suffix, StringComparison.Ordinal)
            && !s_ownDiscoveries.Contains(problem.Problem[..^Suffix.Length]);
    }

    /// <summary>Such a file is refused, which the theory of good files asserts, so there is no loaded form to compare.</summary>
    private static bool AsksForForeignDiscovery(string file) => Load(file).Problems.Any(IsForeignDiscovery);

    private static AgentConfig Usable(string file)
    {
        ConfigResult<AgentConfig> result = Load(file);
        Assert.Equal("", string.Join('\n', result.Problems));
        return result.Config!;
    }

    /// <summary>
    /// Loads a case. One imports a file that the collection does not hold: it is loaded from a folder of its own, beside our
    /// stand-in for that file.
    /// </summary>
    private static ConfigResult<AgentConfig> LoadWithImports(string file)
    {
        string path = Oracle.Locate($"{Folder}/files/{file}");
        ConfigErrors errors = new();
        ConfigSection root = ConfigSection.OpenRoot(path, YamlReader.ReadFile(path, errors)!, "", errors)!;
        List<string> absent = [.. root.FilePaths("scrape_config_files").Where(
            static named => !named.Contains('*', StringComparison.Ordinal) && !File.Exists(named))];
        if (absent.Count == 0)
        {
            return Load(file);
        }

        string folder = Directory.CreateTempSubdirectory("ampedge-config-").FullName;
        try
        {
            File.Copy(path, Path.Combine(folder, file));
            foreach (string named in absent)
            {
                string name = Path.GetFileName(named);
                File.Copy(Oracle.TestData($"config/{name}"), Path.Combine(folder, name));
            }

            return Load(file, Path.Combine(folder, file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<TheoryDataRow<string>> Cases(bool ok, bool loaded)
    {
        if (!Oracle.Has($"{Folder}/cases.json"))
        {
            yield return new TheoryDataRow<string>(Oracle.NoCase);
            yield break;
        }

        foreach (JsonElement element in ReadCases().EnumerateArray())
        {
            string file = element.GetProperty("file").GetString()!;
            if (element.GetProperty("ok").GetBoolean() == ok
                && (!loaded || (element.GetProperty("v3_5").TryGetProperty("loaded", out _) && !AsksForForeignDiscovery(file))))
            {
                yield return new TheoryDataRow<string>(file);
            }
        }
    }

    private static JsonElement Find(string file) =>
        ReadCases().EnumerateArray().First(element => element.GetProperty("file").GetString() == file);

    private static JsonElement ReadCases()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate($"{Folder}/cases.json")));
        return document.RootElement.Clone();
    }
}
