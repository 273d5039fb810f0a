namespace AmpEdge.Prometheus;

/// <summary>Relabels one label set rule by rule and keeps what each did: for people who ask why a target or series is not there.</summary>
public static class RelabelTrace
{
    /// <summary>One step for each rule up to the one that drops the labels.</summary>
    public static IReadOnlyList<RelabelStep> Run(Labels labels, IReadOnlyList<RelabelRule> rules)
    {
        List<RelabelStep> steps = [];
        LabelsBuilder builder = new();
        Labels before = labels;
        foreach (RelabelRule rule in rules)
        {
            builder.Reset(before);
            bool kept = Relabeler.Process(builder, [rule]);
            Labels after = kept ? builder.Build() : before;
            steps.Add(new RelabelStep(rule, before, after, !kept));
            if (!kept)
            {
                break;
            }

            before = after;
        }

        return steps;
    }

    /// <summary>The labels that come out; null when a rule drops them.</summary>
    public static Labels? ResultOf(Labels labels, IReadOnlyList<RelabelStep> steps) =>
        steps.Count == 0 ? labels : steps[^1].IsDropped ? null : steps[^1].After;
}
