using AmpEdge.Prometheus;

namespace AmpEdge.Hosting;

/// <summary>Reads and compiles a list of relabel rules.</summary>
public static class RelabelReader
{
    private static readonly RelabelAction[] s_actions = Enum.GetValues<RelabelAction>();

    /// <param name="section">Holds the list.</param>
    /// <param name="key">Of the list.</param>
    /// <param name="emptyRule">What is said of a rule without content.</param>
    /// <param name="utf8Names">Whether names of labels may be any UTF-8.</param>
    public static IReadOnlyList<RelabelRule> Read(ConfigSection section, string key, string emptyRule, bool utf8Names)
    {
        List<RelabelRule> rules = [];
        foreach (ConfigSection entry in section.Sections(key, "relabel.plain", emptyRule))
        {
            RelabelConfig? config = ReadRule(entry);
            entry.End();
            if (config is null)
            {
                continue;
            }

            if (RelabelRule.TryCompile(config, utf8Names, out RelabelRule? rule, out string? error))
            {
                rules.Add(rule);
            }
            else
            {
                Report(entry, config, error);
            }
        }

        return rules;
    }

    private static RelabelConfig? ReadRule(ConfigSection section)
    {
        RelabelAction? action = ReadAction(section);
        RelabelConfig config = new()
        {
            SourceLabels = section.Texts("source_labels"),
            Separator = section.Text("separator", RelabelConfig.DefaultSeparator),
            Regex = section.Text("regex", RelabelConfig.DefaultRegex),
            Modulus = section.UnsignedNumber("modulus", 0),
            TargetLabel = section.Text("target_label"),
            Replacement = section.Text("replacement", RelabelConfig.DefaultReplacement),
            Action = action ?? RelabelAction.Replace,
        };
        return action is null ? null : config;
    }

    /// <summary>Null, with the problem reported, when the word is unknown.</summary>
    private static RelabelAction? ReadAction(ConfigSection section)
    {
        if (section.OptionalText("action") is not { } word)
        {
            return RelabelAction.Replace;
        }

        if (word.Length == 0)
        {
            return RelabelAction.None;
        }

        List<string> known = [];
        foreach (RelabelAction action in s_actions)
        {
            if (action != RelabelAction.None)
            {
                string name = RelabelRule.NameOf(action);
                if (name.Equals(word, StringComparison.OrdinalIgnoreCase))
                {
                    return action;
                }

                known.Add(name);
            }
        }

        section.Fail("action", $"unknown relabel action \"{word}\"", word, string.Join(", ", known));
        return null;
    }

    /// <summary>Points at the key that the compiler's message is about.</summary>
    private static void Report(ConfigSection section, RelabelConfig config, string error)
    {
        if (error.Contains("regexp", StringComparison.Ordinal))
        {
            section.Fail("regex", error, config.Regex, "RE2 syntax");
        }
        else if (error.Contains("'target_label' for", StringComparison.Ordinal))
        {
            section.Fail("target_label", error);
        }
        else if (error.Contains("'replacement'", StringComparison.Ordinal))
        {
            section.Fail("replacement", error);
        }
        else
        {
            section.Fail(error);
        }
    }
}
