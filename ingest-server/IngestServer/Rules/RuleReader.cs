using AmpEdge.Hosting;
using AmpEdge.IngestServer.Templates;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Rules;

/// <summary>Reads one rule and finds everything that is wrong with it.</summary>
internal sealed class RuleReader(ConfigSection section, RuleFileOptions options)
{
    private readonly List<RuleProblem> _problems = [];

    /// <summary>Stands for a rule that could not be read, in a file that is not used.</summary>
    public static RuleDefinition Broken { get; } = new() { Expr = new NumberLiteral(0, default) };

    public IReadOnlyList<RuleProblem> Problems => _problems;

    /// <summary>What the rule is called in messages.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The rule with the labels of its group below its own; null when its expression cannot be used.</summary>
    public RuleDefinition? Read(IReadOnlyList<KeyValuePair<string, string>> groupLabels)
    {
        string record = section.Text("record");
        string alert = section.Text("alert");
        string text = section.Text("expr");
        IReadOnlyList<KeyValuePair<string, string>> labels = section.TextMap("labels");
        IReadOnlyList<KeyValuePair<string, string>> annotations = section.TextMap("annotations");
        TimeSpan hold = section.Duration("for", TimeSpan.Zero);
        TimeSpan keep = section.Duration("keep_firing_for", TimeSpan.Zero);
        Name = alert.Length > 0 ? alert : record;
        CheckKind(record, alert);
        Expr? expr = ParseExpr(text);
        if (record.Length > 0)
        {
            CheckRecording(record, hold, keep, annotations.Count > 0);
        }

        foreach (string problem in RuleNames.ProblemsOfLabels(labels, options.LegacyNames))
        {
            Add(problem);
        }

        foreach ((string name, string _) in annotations)
        {
            if (!RuleNames.IsLabelName(name, options.LegacyNames))
            {
                Add($"invalid annotation name: {name}");
            }
        }

        if (alert.Length > 0)
        {
            CheckTemplates("label", alert, labels);
            CheckTemplates("annotation", alert, annotations);
        }

        return expr is null ? null : new RuleDefinition
        {
            Record = record,
            Alert = alert,
            Text = text,
            Expr = expr,
            For = hold,
            KeepFiringFor = keep,
            Labels = Merge(groupLabels, labels),
            Annotations = annotations,
        };
    }

    private static List<KeyValuePair<string, string>> Merge(
        IReadOnlyList<KeyValuePair<string, string>> ofGroup, IReadOnlyList<KeyValuePair<string, string>> own)
    {
        SortedDictionary<string, string> merged = new(StringComparer.Ordinal);
        foreach ((string name, string value) in ofGroup)
        {
            merged[name] = value;
        }

        foreach ((string name, string value) in own)
        {
            merged[name] = value;
        }

        return [.. merged];
    }

    private void CheckKind(string record, string alert)
    {
        if (record.Length > 0 && alert.Length > 0)
        {
            Add("only one of 'record' and 'alert' must be set", "record", "alert");
        }

        if (record.Length == 0 && alert.Length == 0)
        {
            Add("one of 'record' or 'alert' must be set", "record", "alert");
        }
    }

    private Expr? ParseExpr(string text)
    {
        if (text.Length == 0)
        {
            Add("field 'expr' must be set in rule", "expr");
            return null;
        }

        if (PromQLParser.Parse(text, options.Parser).TryGet(out Expr? expr, out string? error))
        {
            return expr;
        }

        Add($"could not parse expression: {error}", "expr");
        return null;
    }

    private void CheckRecording(string record, TimeSpan hold, TimeSpan keep, bool hasAnnotations)
    {
        if (hasAnnotations)
        {
            Add("invalid field 'annotations' in recording rule", "record");
        }

        if (hold != TimeSpan.Zero)
        {
            Add("invalid field 'for' in recording rule", "record");
        }

        if (keep != TimeSpan.Zero)
        {
            Add("invalid field 'keep_firing_for' in recording rule", "record");
        }

        if (!RuleNames.IsMetricName(record, options.LegacyNames))
        {
            Add($"invalid recording rule name: {record}", "record");
        }

        // Any UTF-8 may be a name, but with braces it most likely was meant to be a selector.
        if (record.AsSpan().ContainsAny('{', '}'))
        {
            Add($"braces present in the recording rule name; should it be in expr?: {record}", "record");
        }
    }

    private void CheckTemplates(string kind, string alert, IReadOnlyList<KeyValuePair<string, string>> texts)
    {
        foreach ((string name, string text) in texts)
        {
            try
            {
                AlertTemplate.Parse($"__alert_{alert}", text);
            }
            catch (TemplateException failure)
            {
                Add($"{kind} \"{name}\": {failure.Message}");
            }
        }
    }

    private void Add(string text, params ReadOnlySpan<string> keys)
    {
        List<YamlPosition> places = [];
        foreach (string key in keys)
        {
            // A key that is not there has no place, which Prometheus writes as zeros.
            places.Add(section.Has(key) ? section.Describe(key, "").Position : default);
        }

        _problems.Add(new RuleProblem(text, places));
    }
}
