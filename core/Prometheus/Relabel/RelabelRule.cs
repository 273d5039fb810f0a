using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace AmpEdge.Prometheus;

/// <summary>A relabel rule compiled once: its expression, its templates and its names in UTF-8. Immutable.</summary>
public sealed class RelabelRule
{
    private RelabelRule(RelabelConfig config, AnchoredRegex regex, bool utf8Names)
    {
        Config = config;
        Utf8Names = utf8Names;
        Regex = regex;
        SourceNames = [.. ConvertAll(config.SourceLabels)];
        Separator = Encoding.UTF8.GetBytes(config.Separator);
        TargetName = Encoding.UTF8.GetBytes(config.TargetLabel);
        Target = new RegexTemplate(config.TargetLabel);
        LiteralTarget = Target.IsLiteral ? Encoding.UTF8.GetBytes(Target.Literal) : null;
        Replacement = new RegexTemplate(config.Replacement);
        LiteralReplacement = Replacement.IsLiteral ? Encoding.UTF8.GetBytes(Replacement.Literal) : null;
        MatchesAll = config.Regex == RelabelConfig.DefaultRegex;
    }

    /// <summary>The rule as written.</summary>
    public RelabelConfig Config { get; }

    /// <summary>Whether a target label that comes out of an expansion may be any UTF-8.</summary>
    internal bool Utf8Names { get; }

    internal AnchoredRegex Regex { get; }

    internal byte[][] SourceNames { get; }

    internal byte[] Separator { get; }

    /// <summary>The target label as written, for the actions that take it so.</summary>
    internal byte[] TargetName { get; }

    /// <summary>The target label of a replace action where it has no references; null where it has.</summary>
    internal byte[]? LiteralTarget { get; }

    internal RegexTemplate Target { get; }

    internal RegexTemplate Replacement { get; }

    /// <summary>The replacement where it has no references: no match needs to be taken apart then.</summary>
    internal byte[]? LiteralReplacement { get; }

    /// <summary>True for the default expression, which the whole value matches as its first group.</summary>
    internal bool MatchesAll { get; }

    /// <summary>
    /// Checks and compiles a rule. <paramref name="utf8Names"/> allows any UTF-8 label name, else those of
    /// <c>[a-zA-Z_][a-zA-Z0-9_]*</c>. The error is Prometheus's text.
    /// </summary>
    public static bool TryCompile(
        RelabelConfig config,
        bool utf8Names,
        [NotNullWhen(true)] out RelabelRule? rule,
        [NotNullWhen(false)] out string? error)
    {
        rule = null;
        if (!AnchoredRegex.TryCreate(config.Regex, out AnchoredRegex? regex, out error))
        {
            return false;
        }

        error = Validate(config, utf8Names);
        if (error is not null)
        {
            return false;
        }

        rule = new RelabelRule(config, regex, utf8Names);
        return true;
    }

    /// <exception cref="FormatException">The rule is not valid.</exception>
    public static RelabelRule Compile(RelabelConfig config, bool utf8Names = true) =>
        TryCompile(config, utf8Names, out RelabelRule? rule, out string? error)
            ? rule
            : throw new FormatException(error);

    /// <summary>The name of an action as the configuration spells it.</summary>
    public static string NameOf(RelabelAction action) => action.ToString().ToLowerInvariant();

    /// <summary>Whether a target label with references could be a label name under the older rule for names.</summary>
    public static bool IsLegacyTarget(string targetLabel)
    {
        // A reference may expand to anything that a name may hold, at the beginning too, so a letter stands for it.
        string withLetters = new RegexTemplate(targetLabel).WithReferencesAs('a');
        return LabelNames.IsLegacyLabelName(Encoding.UTF8.GetBytes(withLetters));
    }

    private static string? Validate(RelabelConfig config, bool utf8Names)
    {
        RelabelAction action = config.Action;
        string name = NameOf(action);
        if (action == RelabelAction.None)
        {
            return "relabel action cannot be empty";
        }

        if (action == RelabelAction.HashMod && config.Modulus == 0)
        {
            return "relabel configuration for hashmod requires non-zero modulus";
        }

        if (action is RelabelAction.Replace or RelabelAction.HashMod or RelabelAction.Lowercase
            or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual
            && config.TargetLabel.Length == 0)
        {
            return $"relabel configuration for {name} action requires 'target_label' value";
        }

        if (!IsValidTarget(config, utf8Names))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{LabelsFormatter.Quote(config.TargetLabel)} is invalid 'target_label' for {name} action");
        }

        if (action is RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual
            or RelabelAction.DropEqual
            && config.Replacement != RelabelConfig.DefaultReplacement)
        {
            return $"'replacement' can not be set for {name} action";
        }

        if (action == RelabelAction.LabelMap && !IsValidName(config.Replacement, utf8Names, mayRefer: true))
        {
            return $"{LabelsFormatter.Quote(config.Replacement)} is invalid 'replacement' for {name} action";
        }

        return ValidateUnusedKeys(config, name);
    }

    private static string? ValidateUnusedKeys(RelabelConfig config, string name)
    {
        bool defaultsBeyondNames = config.Regex == RelabelConfig.DefaultRegex
            && config.Modulus == 0
            && config.Separator == RelabelConfig.DefaultSeparator
            && config.Replacement == RelabelConfig.DefaultReplacement;
        if (config.Action is RelabelAction.KeepEqual or RelabelAction.DropEqual && !defaultsBeyondNames)
        {
            return $"{name} action requires only 'source_labels' and `target_label`, and no other fields";
        }

        bool onlyRegex = config.SourceLabels.Count == 0
            && config.TargetLabel.Length == 0
            && config.Modulus == 0
            && config.Separator == RelabelConfig.DefaultSeparator
            && config.Replacement == RelabelConfig.DefaultReplacement;
        return config.Action is RelabelAction.LabelDrop or RelabelAction.LabelKeep && !onlyRegex
            ? $"{name} action requires only 'regex', and no other fields"
            : null;
    }

    private static bool IsValidTarget(RelabelConfig config, bool utf8Names) => config.Action switch
    {
        RelabelAction.Replace => IsValidName(config.TargetLabel, utf8Names, mayRefer: true),
        RelabelAction.Lowercase or RelabelAction.Uppercase or RelabelAction.KeepEqual or RelabelAction.DropEqual =>
            IsValidName(config.TargetLabel, utf8Names, mayRefer: true),
        RelabelAction.HashMod => IsValidName(config.TargetLabel, utf8Names, mayRefer: false),
        _ => true,
    };

    private static bool IsValidName(string name, bool utf8Names, bool mayRefer) =>
        utf8Names
            ? name.Length > 0
            : mayRefer ? IsLegacyTarget(name) : LabelNames.IsLegacyLabelName(Encoding.UTF8.GetBytes(name));

    private static byte[][] ConvertAll(IReadOnlyList<string> names)
    {
        byte[][] utf8 = new byte[names.Count][];
        for (int index = 0; index < utf8.Length; index++)
        {
            utf8[index] = Encoding.UTF8.GetBytes(names[index]);
        }

        return utf8;
    }
}
