using System.Globalization;
using System.Numerics;

namespace AmpEdge.Hosting;

/// <summary>
/// Reads one mapping of a configuration key by key. A wrong value is reported with its place and yields the default,
/// so that one pass finds every problem; <see cref="End"/> reports the keys that nobody asked for.
/// </summary>
/// <remarks>
/// A key whose value is null is not an absent key: as in Prometheus, its text is empty, its number 0, its truth value
/// false. Durations, sizes, lists and sections that are null count as absent.
/// </remarks>
public sealed class ConfigSection
{
    private readonly Dictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];
    private readonly YamlMapping _mapping;
    private readonly ConfigErrors _errors;
    private readonly string _typeName;

    /// <param name="file">Named in problems.</param>
    /// <param name="path">Path of this mapping; empty for the document.</param>
    /// <param name="mapping">What is read.</param>
    /// <param name="typeName">What Prometheus calls the type in its messages: <c>config.plain</c>.</param>
    /// <param name="errors">Takes the problems.</param>
    public ConfigSection(string file, string path, YamlMapping mapping, string typeName, ConfigErrors errors)
    {
        File = file;
        Path = path;
        _mapping = mapping;
        _typeName = typeName;
        _errors = errors;
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (!_entries.TryAdd(entry.Key, entry))
            {
                Report(entry.KeyPosition, Join(entry.Key), $"field {entry.Key} already set in type {typeName}");
            }
        }
    }

    /// <summary>The file that this section stands in.</summary>
    public string File { get; }

    /// <summary>Such as <c>scrape_configs[2]</c>.</summary>
    public string Path { get; }

    public YamlPosition Position => _mapping.Position;

    /// <summary>Opens the document of a file; null, with the problem reported, when it is no mapping. Empty files are empty mappings.</summary>
    public static ConfigSection? OpenRoot(string file, YamlNode root, string typeName, ConfigErrors errors)
    {
        if (root.IsNull)
        {
            return new ConfigSection(file, "", new YamlMapping(root.Position, [], 1), typeName, errors);
        }

        if (root is YamlMapping mapping)
        {
            return new ConfigSection(file, "", mapping, typeName, errors);
        }

        errors.Add(new ConfigProblem(file, root.Position, "", "must be a mapping of keys to values", root.Shape));
        return null;
    }

    /// <summary>True when the key is there, even with a null value. Counts as asking for it.</summary>
    public bool Has(string key)
    {
        Know(key);
        return _entries.ContainsKey(key);
    }

    /// <summary>The raw value, or null when the key is absent or its value is null.</summary>
    public YamlNode? Node(string key)
    {
        Know(key);
        return _entries.TryGetValue(key, out YamlEntry? entry) && !entry.Value.IsNull ? entry.Value : null;
    }

    public string Text(string key, string defaultValue = "") => OptionalText(key) ?? defaultValue;

    /// <summary>Null when the key is absent; empty when its value is null.</summary>
    public string? OptionalText(string key) => IsNull(key) ? "" : Scalar(key)?.Value;

    public Secret? Secret(string key) => Scalar(key) is { } scalar ? new Secret(scalar.Value) : null;

    public bool Bool(string key, bool defaultValue) => OptionalBool(key) ?? defaultValue;

    public bool? OptionalBool(string key)
    {
        if (Scalar(key) is not { } scalar)
        {
            return IsNull(key) ? false : null;
        }

        if (YamlValue.TryBool(scalar, out bool value))
        {
            return value;
        }

        Fail(key, "is not a truth value", scalar.Value, "true or false");
        return null;
    }

    /// <summary>A whole number within bounds, both inclusive.</summary>
    public long Number(string key, long defaultValue, long min = long.MinValue, long max = long.MaxValue)
    {
        if (Scalar(key) is not { } scalar)
        {
            return IsNull(key) ? 0 : defaultValue;
        }

        if (YamlValue.TryInteger(scalar, out BigInteger value) && value >= min && value <= max)
        {
            return (long)value;
        }

        Fail(key, "is not a whole number that fits here", scalar.Value, Bounds(min, max));
        return defaultValue;
    }

    public int Int(string key, int defaultValue, int min = int.MinValue, int max = int.MaxValue) =>
        (int)Number(key, defaultValue, min, max);

    public ulong UnsignedNumber(string key, ulong defaultValue)
    {
        if (Scalar(key) is not { } scalar)
        {
            return IsNull(key) ? 0 : defaultValue;
        }

        if (YamlValue.TryInteger(scalar, out BigInteger value) && value >= 0 && value <= ulong.MaxValue)
        {
            return (ulong)value;
        }

        Fail(key, "is not a whole number that fits here", scalar.Value, "a whole number from 0");
        return defaultValue;
    }

    public double Float(string key, double defaultValue)
    {
        if (Scalar(key) is not { } scalar)
        {
            return IsNull(key) ? 0 : defaultValue;
        }

        if (YamlValue.TryFloat(scalar, out double value))
        {
            return value;
        }

        Fail(key, "is not a number", scalar.Value, "a number such as 0.5");
        return defaultValue;
    }

    public TimeSpan Duration(string key, TimeSpan defaultValue) => OptionalDuration(key) ?? defaultValue;

    public TimeSpan? OptionalDuration(string key)
    {
        if (Scalar(key) is not { } scalar)
        {
            return null;
        }

        if (PrometheusDuration.TryParse(scalar.Value, out TimeSpan value, out string problem))
        {
            return value;
        }

        Fail(key, problem, scalar.Value, PrometheusDuration.Allowed);
        return null;
    }

    public ByteSize Size(string key, ByteSize defaultValue)
    {
        if (Scalar(key) is not { } scalar)
        {
            return defaultValue;
        }

        if (ByteSize.TryParse(scalar.Value, out ByteSize value, out string problem))
        {
            return value;
        }

        Fail(key, problem, scalar.Value, ByteSize.Allowed);
        return defaultValue;
    }

    /// <summary>One of a few words; reported with all of them otherwise.</summary>
    public string Choice(string key, string defaultValue, params ReadOnlySpan<string> choices)
    {
        string value = Text(key, defaultValue);
        if (value == defaultValue || choices.Contains(value))
        {
            return value;
        }

        Fail(key, "is not one of the known words", value, string.Join(", ", choices.ToArray()));
        return defaultValue;
    }

    /// <summary>A list of texts; null when the key is absent.</summary>
    public IReadOnlyList<string>? OptionalTexts(string key)
    {
        if (List(key) is not { } list)
        {
            return null;
        }

        List<string> texts = [];
        for (int index = 0; index < list.Items.Count; index++)
        {
            if (list.Items[index] is YamlScalar scalar)
            {
                texts.Add(scalar.IsNull ? "" : scalar.Value);
            }
            else
            {
                Report(list.Items[index].Position, $"{Join(key)}[{index}]", "must be a text", list.Items[index].Shape);
            }
        }

        return texts;
    }

    public IReadOnlyList<string> Texts(string key) => OptionalTexts(key) ?? [];

    /// <summary>A list of secrets.</summary>
    public IReadOnlyList<Secret> Secrets(string key)
    {
        List<Secret> secrets = [];
        foreach (string text in Texts(key))
        {
            secrets.Add(new Secret(text));
        }

        return secrets;
    }

    /// <summary>The path of a file; a relative one is relative to the folder of the configuration file.</summary>
    public string FilePath(string key) => FromFolder(Text(key));

    public IReadOnlyList<string> FilePaths(string key)
    {
        List<string> paths = [];
        foreach (string path in Texts(key))
        {
            paths.Add(FromFolder(path));
        }

        return paths;
    }

    /// <summary>A mapping of free keys to texts, in the order of the file; a key given twice is reported.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TextMap(string key)
    {
        List<KeyValuePair<string, string>> map = [];
        if (Mapping(key) is not { } mapping)
        {
            return map;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (!seen.Add(entry.Key))
            {
                Report(entry.KeyPosition, $"{Join(key)}.{entry.Key}", $"key \"{entry.Key}\" already set in map");
            }
            else if (entry.Value is YamlScalar scalar)
            {
                map.Add(new(entry.Key, scalar.IsNull ? "" : scalar.Value));
            }
            else
            {
                Report(entry.Value.Position, $"{Join(key)}.{entry.Key}", "must be a text", entry.Value.Shape);
            }
        }

        return map;
    }

    /// <summary>A mapping of free keys to lists of texts, in the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> TextsMap(string key)
    {
        List<KeyValuePair<string, IReadOnlyList<string>>> map = [];
        if (Mapping(key) is { } mapping)
        {
            ConfigSection values = new(File, Join(key), mapping, "map", _errors);
            foreach (YamlEntry entry in mapping.Entries)
            {
                map.Add(new(entry.Key, values.Texts(entry.Key)));
            }
        }

        return map;
    }

    /// <summary>The mapping below a key; null when the key is absent or null.</summary>
    public ConfigSection? Section(string key, string typeName) =>
        Mapping(key) is { } mapping ? new ConfigSection(File, Join(key), mapping, typeName, _errors) : null;

    /// <summary>The mappings of a list; an item without content is reported in the given words and left out.</summary>
    public IReadOnlyList<ConfigSection> Sections(string key, string typeName, string emptyItem)
    {
        List<ConfigSection> sections = [];
        IReadOnlyList<YamlNode> items = List(key)?.Items ?? [];
        for (int index = 0; index < items.Count; index++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{Join(key)}[{index}]");
            if (items[index] is YamlMapping mapping)
            {
                sections.Add(new ConfigSection(File, path, mapping, typeName, _errors));
            }
            else if (items[index].IsNull)
            {
                Report(items[index].Position, path, emptyItem);
            }
            else
            {
                Report(items[index].Position, path, "must be a mapping", items[index].Shape);
            }
        }

        return sections;
    }

    /// <summary>The sections below each key of a mapping with free keys.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigSection>> SectionMap(string key, string typeName)
    {
        List<KeyValuePair<string, ConfigSection>> sections = [];
        foreach (YamlEntry entry in Mapping(key)?.Entries ?? [])
        {
            string path = $"{Join(key)}.{entry.Key}";
            if (entry.Value is YamlMapping mapping)
            {
                sections.Add(new(entry.Key, new ConfigSection(File, path, mapping, typeName, _errors)));
            }
            else if (!entry.Value.IsNull)
            {
                Report(entry.Value.Position, path, "must be a mapping", entry.Value.Shape);
            }
        }

        return sections;
    }

    /// <summary>Reports a problem of a key's value, or of this section when the key is absent.</summary>
    public void Fail(string key, string problem, string? got = null, string? allowed = null) =>
        _errors.Add(Describe(key, problem, got, allowed));

    /// <summary>The same problem without reporting it.</summary>
    public ConfigProblem Describe(string key, string problem, string? got = null, string? allowed = null)
    {
        YamlPosition position = _entries.TryGetValue(key, out YamlEntry? entry) ? PositionOf(entry) : Position;
        return new ConfigProblem(File, position, Join(key), problem, got, allowed);
    }

    /// <summary>Reports a problem of this section as a whole.</summary>
    public void Fail(string problem) => Report(Position, Path, problem);

    /// <summary>Takes a key as known without reading it, for keys whose value has no meaning here.</summary>
    public void Skip(string key) => Know(key);

    /// <summary>Reports each key that was not asked for; call it after the last key is read.</summary>
    public void End()
    {
        foreach (YamlEntry entry in _entries.Values)
        {
            if (!_known.Contains(entry.Key))
            {
                string? nearest = NearestWord.Of(entry.Key, _known);
                _errors.Add(new ConfigProblem(
                    File, entry.KeyPosition, Join(entry.Key), $"field {entry.Key} not found in type {_typeName}",
                    Allowed: nearest is null ? string.Join(", ", _known) : null, Nearest: nearest));
            }
        }
    }

    private bool IsNull(string key) => Has(key) && _entries[key].Value.IsNull;

    private YamlScalar? Scalar(string key)
    {
        YamlNode? node = Node(key);
        if (node is null or YamlScalar)
        {
            return node as YamlScalar;
        }

        Fail(key, "must be a single value", node.Shape);
        return null;
    }

    private YamlSequence? List(string key)
    {
        YamlNode? node = Node(key);
        if (node is null or YamlSequence)
        {
            return node as YamlSequence;
        }

        Fail(key, "must be a list", node.Shape);
        return null;
    }

    private YamlMapping? Mapping(string key)
    {
        YamlNode? node = Node(key);
        if (node is null or YamlMapping)
        {
            return node as YamlMapping;
        }

        Fail(key, "must be a mapping", node.Shape);
        return null;
    }

    private static string Bounds(long min, long max) =>
        (min == long.MinValue || min == int.MinValue, max == long.MaxValue || max == int.MaxValue) switch
        {
            (true, true) => "a whole number",
            (false, true) => $"a whole number from {min}",
            (true, false) => $"a whole number up to {max}",
            _ => $"a whole number from {min} to {max}",
        };

    /// <summary>An empty value stands where the parser gave up looking for it; the key is the better place then.</summary>
    private static YamlPosition PositionOf(YamlEntry entry) => entry.Value.IsNull ? entry.KeyPosition : entry.Value.Position;

    private void Know(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }
    }

    private string FromFolder(string path) =>
        path.Length == 0 ? "" : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(File) ?? "", path);

    private string Join(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private void Report(YamlPosition position, string path, string problem, string? got = null, string? allowed = null) =>
        _errors.Add(new ConfigProblem(File, position, path, problem, got, allowed));
}
