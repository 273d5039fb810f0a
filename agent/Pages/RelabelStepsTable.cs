using System.Globalization;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Pages;

/// <summary>Shows relabelling step by step: each rule, what it changed, and the one that dropped the labels.</summary>
internal static class RelabelStepsTable
{
    /// <param name="page">Where it is written to.</param>
    /// <param name="key">The key of the rules in the configuration: <c>relabel_configs</c>.</param>
    /// <param name="steps">What was done.</param>
    /// <param name="ruleCount">How many rules there are; those behind a drop were not tried.</param>
    public static void Write(PageWriter page, string key, IReadOnlyList<RelabelStep> steps, int ruleCount)
    {
        if (ruleCount == 0)
        {
            page.Markup("<p class=\"quiet\">There are no ").Text(key).Markup(".</p>");
            return;
        }

        page.Markup("<ol class=\"steps\">");
        for (int index = 0; index < steps.Count; index++)
        {
            WriteStep(page, string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]"), steps[index]);
        }

        page.Markup("</ol>");
        if (steps.Count < ruleCount)
        {
            int rest = ruleCount - steps.Count;
            page.Markup("<p class=\"quiet\">").Text(rest == 1 ? "The rule after it was not tried." : $"The {rest} rules after it were not tried.")
                .Markup("</p>");
        }
    }

    /// <summary>Labels as they are shown everywhere.</summary>
    public static void WriteLabels(PageWriter page, Labels labels)
    {
        foreach (LabelPair label in labels)
        {
            page.Markup("<span class=\"label\">").Text(Shown(label)).Markup("</span>");
        }
    }

    private static void WriteStep(PageWriter page, string place, RelabelStep step)
    {
        page.Markup(step.IsIdle ? "<li class=\"idle\">" : "<li>").Markup("<code>").Text(place).Markup("</code> ")
            .Markup("<b>").Text(RelabelRule.NameOf(step.Rule.Config.Action)).Markup("</b> ")
            .Markup("<span class=\"quiet\">").Text(Describe(step.Rule.Config)).Markup("</span><div>");
        if (step.IsDropped)
        {
            page.Markup("<span class=\"state down\">dropped by this rule</span> ").Markup("<span class=\"quiet\">")
                .Text(Source(step)).Markup("</span>");
        }
        else if (step.IsIdle)
        {
            page.Markup("<span class=\"quiet\">nothing changes</span>");
        }
        else
        {
            WriteChanges(page, step);
        }

        page.Markup("</div></li>");
    }

    private static void WriteChanges(PageWriter page, RelabelStep step)
    {
        foreach (LabelPair label in step.Before)
        {
            if (!step.After.Has(label.Name))
            {
                page.Markup("<span class=\"label gone\">").Text(Shown(label)).Markup("</span>");
            }
        }

        foreach (LabelPair label in step.After)
        {
            bool known = step.Before.TryGet(label.Name, out ReadOnlySpan<byte> before);
            if (known && before.SequenceEqual(label.Value))
            {
                continue;
            }

            page.Markup("<span class=\"label new\">").Text(Shown(label)).Markup("</span>");
            if (known)
            {
                page.Markup("<span class=\"quiet\">was ").Text($"\"{Encoding.UTF8.GetString(before)}\"").Markup("</span> ");
            }
        }
    }

    /// <summary>The keys of a rule beside its action, those with default values left out.</summary>
    private static string Describe(RelabelConfig rule)
    {
        List<string> keys = [];
        AddIf(keys, rule.SourceLabels.Count > 0, $"source_labels: [{string.Join(", ", rule.SourceLabels)}]");
        AddIf(keys, rule.Separator != RelabelConfig.DefaultSeparator, $"separator: \"{rule.Separator}\"");
        AddIf(keys, rule.Regex != RelabelConfig.DefaultRegex, $"regex: {rule.Regex}");
        AddIf(keys, rule.Modulus > 0, string.Create(CultureInfo.InvariantCulture, $"modulus: {rule.Modulus}"));
        AddIf(keys, rule.TargetLabel.Length > 0, $"target_label: {rule.TargetLabel}");
        AddIf(keys, rule.Replacement != RelabelConfig.DefaultReplacement, $"replacement: \"{rule.Replacement}\"");
        return string.Join(" · ", keys);
    }

    /// <summary>The value that a rule compared, which is what one wants to see when it dropped something.</summary>
    private static string Source(RelabelStep step)
    {
        List<string> values = [];
        foreach (string name in step.Rule.Config.SourceLabels)
        {
            values.Add(step.Before.GetString(name));
        }

        return values.Count == 0 ? "" : $"it compared \"{string.Join(step.Rule.Config.Separator, values)}\"";
    }

    private static string Shown(LabelPair label) =>
        $"{Encoding.UTF8.GetString(label.Name)}=\"{Encoding.UTF8.GetString(label.Value)}\"";

    private static void AddIf(List<string> list, bool condition, string text)
    {
        if (condition)
        {
            list.Add(text);
        }
    }
}
