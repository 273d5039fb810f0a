namespace AmpEdge.IngestServer.Templates;

/// <summary>
/// A label or annotation of an alerting rule: a template that knows the variables <c>$labels</c>, <c>$externalLabels</c>,
/// <c>$externalURL</c> and <c>$value</c>.
/// </summary>
internal sealed class AlertTemplate
{
    private static readonly string[] s_variables = ["$labels", "$externalLabels", "$externalURL", "$value"];

    private readonly TemplateTree? _tree;
    private readonly string _name;
    private readonly string _text;

    private AlertTemplate(string name, string text, TemplateTree? tree)
    {
        _name = name;
        _text = text;
        _tree = tree;
    }

    /// <exception cref="TemplateException">The text is no template.</exception>
    public static AlertTemplate Parse(string name, string text)
    {
        // Most texts have no action.
        TemplateTree? tree = text.Contains("{{", StringComparison.Ordinal)
            ? TemplateParser.Parse(name, text, s_variables)
            : null;
        return new AlertTemplate(name, text, tree);
    }

    /// <summary>The expanded text; when it cannot be expanded, what is wrong, as Prometheus writes it in its place.</summary>
    public string ExpandOrDescribe(AlertTemplateContext context, ITemplateQuery query)
    {
        if (_tree is null)
        {
            return _text;
        }

        try
        {
            Dictionary<string, object?> variables = new(StringComparer.Ordinal)
            {
                ["$labels"] = context.Labels,
                ["$externalLabels"] = context.ExternalLabels,
                ["$externalURL"] = context.ExternalUrl,
                ["$value"] = context.Value,
            };
            return new TemplateRun(_tree, query).Expand(context, variables);
        }
        catch (TemplateException failure)
        {
            return $"<error expanding template: error executing template {_name}: {failure.Message}>";
        }
    }
}
