namespace AmpEdge.PromQL;

/// <summary>
/// Drops the metric name of results that are no longer that metric: at once, or, as the option says, with a mark that
/// takes effect at the end of the query.
/// </summary>
internal static class NameRemoval
{
    public static SeriesStream Apply(SeriesStream stream, EvaluationContext context, int stepCount)
    {
        if (context.Options.DelayedNameRemoval)
        {
            return new DropNameFlagStream(stream);
        }

        bool namesVary = stream.NamesVary;
        DropNameStream nameless = new(stream);
        return namesVary ? MergingMatrix.From(nameless, stepCount).ToStream() : nameless;
    }
}
