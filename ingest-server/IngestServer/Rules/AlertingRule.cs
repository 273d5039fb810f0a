using AmpEdge.IngestServer.Templates;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Rules;

/// <summary>
/// A rule that alerts: each series of its result is an alert, pending at first and firing once it has been there for long
/// enough. Its samples are the series <c>ALERTS</c> and <c>ALERTS_FOR_STATE</c>.
/// </summary>
internal sealed class AlertingRule(
    RuleDefinition definition, IReadOnlyDictionary<string, string> externalLabels, string externalUrl)
    : IRule
{
    private const string AlertName = "alertname";

    /// <summary>How long a resolved alert is still known, so that receivers that missed the news get it again.</summary>
    private const long ResolvedRetentionMs = 15 * 60 * 1000;

    private readonly string _expression = definition.Expr.ToString();
    private readonly Dictionary<Labels, ActiveAlert> _alerts = [];
    private readonly List<(string Name, AlertTemplate Template)> _labels = Parse(definition, definition.Labels);
    private readonly List<(string Name, AlertTemplate Template)> _annotations = Parse(definition, definition.Annotations);

    public RuleDefinition Definition => definition;

    /// <summary>The alerts that are pending, firing, or resolved not long ago.</summary>
    public IReadOnlyCollection<ActiveAlert> Alerts => _alerts.Values;

    public async Task<IReadOnlyList<RuleSample>> EvaluateAsync(
        IRuleQuerier querier, long timeMs, long offsetMs, int limit, CancellationToken cancel)
    {
        IReadOnlyList<RuleSample> results = await RuleVector.QueryAsync(querier, _expression, timeMs - offsetMs, cancel)
            .ConfigureAwait(false);
        Dictionary<Labels, ActiveAlert> found = [];
        TemplateQuery query = new(querier, timeMs, externalUrl, cancel);
        foreach (RuleSample result in results)
        {
            ActiveAlert alert = Expand(result, query, timeMs);
            if (!found.TryAdd(alert.Labels, alert))
            {
                throw new RuleFailedException(
                    "vector contains metrics with the same labelset after applying alert labels");
            }
        }

        Take(found);
        List<RuleSample> samples = [];
        int active = 0;
        foreach ((Labels labels, ActiveAlert alert) in _alerts)
        {
            if (Advance(alert, found.ContainsKey(labels), timeMs))
            {
                active++;
                AddSamples(alert, timeMs - offsetMs, samples);
            }
        }

        if (limit > 0 && active > limit)
        {
            _alerts.Clear();
            throw new RuleFailedException($"exceeded limit of {limit} with {active} alerts");
        }

        return samples;
    }

    private static List<(string Name, AlertTemplate Template)> Parse(
        RuleDefinition definition, IReadOnlyList<KeyValuePair<string, string>> texts)
    {
        List<(string Name, AlertTemplate Template)> templates = [];
        foreach ((string name, string text) in texts)
        {
            templates.Add((name, AlertTemplate.Parse($"__alert_{definition.Alert}", text)));
        }

        return templates;
    }

    private ActiveAlert Expand(in RuleSample result, TemplateQuery query, long timeMs)
    {
        AlertTemplateContext context = new(
            TemplateQuery.MapOf(result.Labels), externalLabels, externalUrl, result.Histogram is { } histogram ? histogram : result.Value);
        LabelsBuilder builder = new();
        builder.Reset(result.Labels);
        builder.Remove(LabelNames.MetricName);
        foreach ((string name, AlertTemplate template) in _labels)
        {
            builder.Set(name, template.ExpandOrDescribe(context, query));
        }

        builder.Set(AlertName, definition.Alert);
        List<KeyValuePair<string, string>> annotations = [];
        foreach ((string name, AlertTemplate template) in _annotations)
        {
            annotations.Add(new(name, template.ExpandOrDescribe(context, query)));
        }

        return new ActiveAlert(builder.Build())
        {
            Annotations = annotations,
            Value = result.Value,
            ActiveAtMs = timeMs,
        };
    }

    /// <summary>Alerts known already get what is new about them; the others begin.</summary>
    private void Take(Dictionary<Labels, ActiveAlert> found)
    {
        foreach ((Labels labels, ActiveAlert alert) in found)
        {
            if (_alerts.TryGetValue(labels, out ActiveAlert? known) && known.State != AlertState.Inactive)
            {
                known.Value = alert.Value;
                known.Annotations = alert.Annotations;
            }
            else
            {
                _alerts[labels] = alert;
            }
        }
    }

    /// <summary>Brings an alert to its state of now; false when it is neither pending nor firing.</summary>
    private bool Advance(ActiveAlert alert, bool isFound, long timeMs)
    {
        if (isFound)
        {
            alert.KeepFiringSinceMs = null;
        }
        else if (!GoesOnFiring(alert, timeMs))
        {
            Resolve(alert, timeMs);
            return false;
        }

        if (alert.State == AlertState.Pending && timeMs - alert.ActiveAtMs >= (long)definition.For.TotalMilliseconds)
        {
            alert.State = AlertState.Firing;
            alert.FiredAtMs = timeMs;
        }

        return true;
    }

    private bool GoesOnFiring(ActiveAlert alert, long timeMs)
    {
        if (alert.State != AlertState.Firing || definition.KeepFiringFor <= TimeSpan.Zero)
        {
            return false;
        }

        alert.KeepFiringSinceMs ??= timeMs;
        return timeMs - alert.KeepFiringSinceMs < (long)definition.KeepFiringFor.TotalMilliseconds;
    }

    private void Resolve(ActiveAlert alert, long timeMs)
    {
        bool isForgotten = alert.State == AlertState.Pending
            || (alert.ResolvedAtMs is { } resolved && timeMs - resolved > ResolvedRetentionMs);
        if (isForgotten)
        {
            // Removing what was enumerated last does not disturb the enumeration.
            _alerts.Remove(alert.Labels);
        }

        if (alert.State != AlertState.Inactive)
        {
            alert.State = AlertState.Inactive;
            alert.ResolvedAtMs = timeMs;
        }
    }

    private void AddSamples(ActiveAlert alert, long timestampMs, List<RuleSample> samples)
    {
        LabelsBuilder builder = new();
        foreach ((string name, string value) in definition.Labels)
        {
            builder.Set(name, value);
        }

        foreach (LabelPair label in alert.Labels)
        {
            builder.Set(label.Name, label.Value);
        }

        builder.Set(AlertName, definition.Alert);
        builder.Set(LabelNames.MetricName, "ALERTS_FOR_STATE");
        Labels forState = builder.Build();
        builder.Set(LabelNames.MetricName, "ALERTS");
        builder.Set("alertstate", alert.State == AlertState.Firing ? "firing" : "pending");
        samples.Add(new RuleSample(builder.Build(), timestampMs, 1));
        samples.Add(new RuleSample(forState, timestampMs, Math.Floor(alert.ActiveAtMs / 1000.0)));
    }
}
