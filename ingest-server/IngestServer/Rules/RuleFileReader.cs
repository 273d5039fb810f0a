using System.Globalization;
using System.Text;
using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Rules;

/// <summary>
/// Reads rule files with the checks and texts of Prometheus: shapes and names here, rules in <see cref="RuleReader"/>. All
/// problems are found at once.
/// </summary>
internal sealed class RuleFileReader
{
    private readonly string _file;
    private readonly RuleFileOptions _options;
    private readonly ConfigErrors _shapes = new();
    private readonly List<string> _problems = [];

    private RuleFileReader(string file, RuleFileOptions options)
    {
        _file = file;
        _options = options;
    }

    /// <summary>Reads a file from the disk.</summary>
    public static RuleFile ReadFile(string path, RuleFileOptions options)
    {
        try
        {
            return Read(path, File.ReadAllBytes(path), options);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new RuleFile([], [$"{path}: {failure.Message}"]);
        }
    }

    /// <summary>Reads the bytes of a file, which is only named in problems.</summary>
    public static RuleFile Read(string file, ReadOnlySpan<byte> utf8, RuleFileOptions options)
    {
        RuleFileReader reader = new(file, options);
        List<RuleGroupDefinition> groups = reader.ReadGroups(utf8);
        List<string> problems = [];
        foreach (ConfigProblem problem in reader._shapes.Problems)
        {
            problems.Add(problem.ToString());
        }

        problems.AddRange(reader._problems);
        return new RuleFile(problems.Count == 0 ? groups : [], problems);
    }

    private List<RuleGroupDefinition> ReadGroups(ReadOnlySpan<byte> utf8)
    {
        List<RuleGroupDefinition> groups = [];
        YamlNode? node = YamlReader.Read(_file, utf8, _shapes);
        if (node is null || ConfigSection.OpenRoot(_file, node, "rulefmt.RuleGroups", _shapes) is not { } root)
        {
            return groups;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ConfigSection section in root.Sections("groups", "rulefmt.RuleGroup", "a rule group must not be empty"))
        {
            RuleGroupDefinition group = ReadGroup(section);
            if (group.Name.Length == 0)
            {
                Add(section.Position, "Groupname must not be empty");
            }

            if (!names.Add(group.Name))
            {
                Add(section.Position, $"groupname: \"{group.Name}\" is repeated in the same file");
            }

            groups.Add(group);
        }

        End(root);
        return groups;
    }

    private RuleGroupDefinition ReadGroup(ConfigSection section)
    {
        string name = section.Text("name");
        IReadOnlyList<KeyValuePair<string, string>> labels = section.TextMap("labels");
        foreach (string problem in RuleNames.ProblemsOfLabels(labels, _options.LegacyNames))
        {
            _problems.Add($"{_file}: {problem}");
        }

        List<RuleDefinition> rules = [];
        foreach (ConfigSection ruleSection in section.Sections("rules", "rulefmt.Rule", "a rule must not be empty"))
        {
            RuleReader reader = new(ruleSection, _options);
            RuleDefinition? rule = reader.Read(labels);
            foreach (RuleProblem problem in reader.Problems)
            {
                _problems.Add(Describe(problem, name, rules.Count + 1, reader.Name));
            }

            // A rule that cannot be used keeps its number.
            rules.Add(rule ?? RuleReader.Broken);
            End(ruleSection);
        }

        RuleGroupDefinition group = new()
        {
            Name = name,
            Interval = section.OptionalDuration("interval"),
            QueryOffset = section.OptionalDuration("query_offset"),
            Limit = section.Int("limit", 0, 0),
            Rules = rules,
        };
        End(section);
        return group;
    }

    private void End(ConfigSection section)
    {
        if (!_options.IgnoreUnknownFields)
        {
            section.End();
        }
    }

    private void Add(YamlPosition place, string text) =>
        _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{_file}: {place.Line}:{place.Column}: {text}"));

    private string Describe(RuleProblem problem, string group, int number, string rule)
    {
        StringBuilder text = new();
        text.Append(_file).Append(": ");
        foreach (YamlPosition place in problem.Places)
        {
            text.Append(CultureInfo.InvariantCulture, $"{place.Line}:{place.Column}: ");
        }

        return text
            .Append(CultureInfo.InvariantCulture, $"group \"{group}\", rule {number}, \"{rule}\": {problem.Text}")
            .ToString();
    }
}
