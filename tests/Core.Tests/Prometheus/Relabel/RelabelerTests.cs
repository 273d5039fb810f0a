using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Relabel;

public sealed class RelabelerTests
{
    public static IEnumerable<TheoryDataRow<string>> RuleCases() => Ids("conformance/relabel/rules.json", null);

    public static IEnumerable<TheoryDataRow<string>> ValidationCases() =>
        Ids("conformance/relabel/validation.json", "rules");

    [Theory]
    [MemberData(nameof(RuleCases))]
    public void Rules_give_the_labels_that_Prometheus_gives(string id)
    {
        JsonElement relabelCase = Find("conformance/relabel/rules.json", null, id);
        LabelsBuilder labels = new();
        foreach (JsonProperty label in relabelCase.GetProperty("input").EnumerateObject())
        {
            labels.Set(label.Name, label.Value.GetString() ?? "");
        }

        List<RelabelRule> rules = [];
        foreach (JsonElement rule in relabelCase.GetProperty("rules").EnumerateArray())
        {
            rules.Add(RelabelRule.Compile(ReadConfig(rule, withDefaults: true)));
        }

        bool kept = Relabeler.Process(labels, rules.ToArray());

        Assert.Equal(!relabelCase.GetProperty("dropped").GetBoolean(), kept);
        if (kept)
        {
            LabelsBuilder expected = new();
            foreach (JsonProperty label in relabelCase.GetProperty("output").EnumerateObject())
            {
                expected.Set(label.Name, label.Value.GetString() ?? "");
            }

            Assert.Equal(expected.Build().ToString(), labels.Build().ToString());
        }
    }

    [Theory]
    [MemberData(nameof(ValidationCases))]
    public void A_rule_is_accepted_or_refused_as_by_Prometheus(string id)
    {
        JsonElement validation = Find("conformance/relabel/validation.json", "rules", id);
        RelabelConfig config = ReadConfig(validation.GetProperty("rule"), withDefaults: false);
        bool utf8Names = validation.GetProperty("name_validation").GetString() == "utf8";

        bool ok = RelabelRule.TryCompile(config, utf8Names, out _, out string? error);

        Assert.Equal(validation.GetProperty("ok").GetBoolean(), ok);
        if (!ok)
        {
            Assert.Contains(validation.GetProperty("error_contains").GetString()!, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Target_labels_with_references_are_judged_under_the_older_names()
    {
        using JsonDocument document = Open("conformance/relabel/validation.json");
        foreach (JsonElement target in document.RootElement.GetProperty("target_labels").EnumerateArray())
        {
            string name = target.GetProperty("target_label").GetString()!;
            Assert.Equal(
                (name, target.GetProperty("valid_under_legacy_names").GetBoolean()),
                (name, RelabelRule.IsLegacyTarget(name)));
        }
    }

    [Theory]
    [InlineData(RelabelAction.HashMod, "regex", "relabel configuration for hashmod requires non-zero modulus")]
    [InlineData(RelabelAction.LabelDrop, "source", "labeldrop action requires only 'regex', and no other fields")]
    [InlineData(RelabelAction.Replace, "regex", "relabel configuration for replace action requires 'target_label' value")]
    public void A_rule_that_lacks_or_has_too_much_is_refused(RelabelAction action, string set, string expected)
    {
        RelabelConfig config = new() { Action = action, SourceLabels = set == "source" ? ["a"] : [] };

        Assert.False(RelabelRule.TryCompile(config, utf8Names: true, out _, out string? error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Hashmod_gives_the_shard_that_every_Prometheus_gives()
    {
        // The last eight bytes of MD5("foo;bar;baz"), big-endian, modulo 1000.
        LabelsBuilder labels = new();
        labels.Reset(Labels.FromStrings("a", "foo", "b", "bar", "c", "baz"));
        RelabelConfig config = new()
        {
            Action = RelabelAction.HashMod,
            SourceLabels = ["a", "b", "c"],
            Modulus = 1000,
            TargetLabel = "d",
        };

        Assert.True(Relabeler.Process(labels, [RelabelRule.Compile(config)]));
        Assert.Equal("719", labels.GetString("d"));
    }

    [Theory]
    [InlineData("(?P<first>.)(.)", "$1-$2-$first", "x-y-x")]
    [InlineData("(.)(?P<second>.)|()", "$2$1$second$3", "yxy")]
    [InlineData("(.)(.)", "$01|${1}|$10|$2", "|x||y")]
    [InlineData("(?P<01>.)(.)", "$01$2", "xy")]
    [InlineData("(?P<_1>.)(?P<a>.)", "${_1}$a${b}", "xy")]
    [InlineData("(.)(.)", "$$1$", "$1$")]
    [InlineData("(.+)(.)", "$2$1", "yx")]
    [InlineData("(?:(a)|x)(.)", "[$1][$2]", "[][y]")]
    public void References_are_to_the_groups_as_Go_counts_and_names_them(
        string regex, string replacement, string expected)
    {
        Assert.Equal(expected, Replace(regex, replacement, "to").GetString("to"));
    }

    [Fact]
    public void The_default_replacement_is_empty_without_a_first_group()
    {
        Assert.Equal("", Replace(".*", "$1", "to").GetString("to"));
        Assert.Equal("xy", Replace("(.*)", "$1", "to").GetString("to"));
    }

    [Fact]
    public void A_name_that_maps_to_nothing_makes_no_label_without_a_name()
    {
        LabelsBuilder labels = new();
        labels.Reset(Labels.FromStrings("meta_zone", "a", "other", "b"));
        RelabelConfig config = new() { Action = RelabelAction.LabelMap, Regex = "meta_(x)?.*", Replacement = "$1" };

        Assert.True(Relabeler.Process(labels, [RelabelRule.Compile(config)]));
        Assert.Equal(Labels.FromStrings("meta_zone", "a", "other", "b"), labels.Build());
    }

    [Fact]
    public void A_doubled_dollar_is_one_in_a_target_label_too()
    {
        Assert.Equal("a", Replace(".*", "a", "to$$x").GetString("to$x"));
    }

    [Fact]
    public void The_rule_that_drops_is_named()
    {
        LabelsBuilder labels = new();
        labels.Set("a", "1");
        RelabelRule keep = RelabelRule.Compile(
            new RelabelConfig { Action = RelabelAction.Keep, SourceLabels = ["a"], Regex = "1" });
        RelabelRule drop = RelabelRule.Compile(
            new RelabelConfig { Action = RelabelAction.Drop, SourceLabels = ["a"], Regex = "1|2" });

        Assert.False(Relabeler.Process(labels, [keep, drop], out int droppedBy));
        Assert.Equal(1, droppedBy);
    }

    /// <summary>What one replace rule makes of <c>from="xy", to="old"</c>.</summary>
    private static LabelsBuilder Replace(string regex, string replacement, string target)
    {
        LabelsBuilder labels = new();
        labels.Reset(Labels.FromStrings("from", "xy", "to", "old"));
        RelabelConfig config = new()
        {
            SourceLabels = ["from"],
            Regex = regex,
            Replacement = replacement,
            TargetLabel = target,
        };
        Assert.True(Relabeler.Process(labels, [RelabelRule.Compile(config)]));
        return labels;
    }

    private static JsonDocument Open(string path) => JsonDocument.Parse(File.ReadAllText(Oracle.Locate(path)));

    private static IEnumerable<TheoryDataRow<string>> Ids(string path, string? member)
    {
        if (!Oracle.Has(path))
        {
            yield return new TheoryDataRow<string>(Oracle.NoCase);
            yield break;
        }

        using JsonDocument document = Open(path);
        JsonElement cases = member is null ? document.RootElement : document.RootElement.GetProperty(member);
        foreach (JsonElement entry in cases.EnumerateArray())
        {
            yield return new TheoryDataRow<string>(entry.GetProperty("id").GetString()!);
        }
    }

    private static JsonElement Find(string path, string? member, string id)
    {
        using JsonDocument document = Open(path);
        JsonElement cases = member is null ? document.RootElement : document.RootElement.GetProperty(member);
        foreach (JsonElement entry in cases.EnumerateArray())
        {
            if (entry.GetProperty("id").GetString() == id)
            {
                return entry.Clone();
            }
        }

        throw new InvalidOperationException($"no case {id} in {path}");
    }

    private static RelabelConfig ReadConfig(JsonElement rule, bool withDefaults)
    {
        RelabelConfig config = new() { Action = withDefaults ? RelabelAction.Replace : RelabelAction.None };
        foreach (JsonProperty field in rule.EnumerateObject())
        {
            config = field.Name switch
            {
                "source_labels" => config with { SourceLabels = [.. Strings(field.Value)] },
                "separator" => config with { Separator = field.Value.GetString()! },
                "regex" => config with { Regex = field.Value.GetString()! },
                "modulus" => config with { Modulus = field.Value.GetUInt64() },
                "target_label" => config with { TargetLabel = field.Value.GetString()! },
                "replacement" => config with { Replacement = field.Value.GetString()! },
                "action" => config with { Action = Enum.Parse<RelabelAction>(field.Value.GetString()!, ignoreCase: true) },
                _ => throw new InvalidOperationException($"unknown field {field.Name}"),
            };
        }

        return config;
    }

    private static IEnumerable<string> Strings(JsonElement array)
    {
        foreach (JsonElement item in array.EnumerateArray())
        {
            yield return item.GetString()!;
        }
    }
}
