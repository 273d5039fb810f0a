namespace AmpEdge.PromQL;

/// <summary>
/// Drops the metric name of results that are no longer that metric: at once, or, as the option says, with a mark that
/// takes effect at the end of the query.
/// </summary>
internal static class NameRemoval
{
    /// <param name="stream">The results.</param>
    /// <param name="context">The query.</param>
    /// <param name="stepCount">Of each series.</param>
    /// <param name="sameLabelsFail">Whether series that are the same without their names fail although they meet at no step.</param>
    public static SeriesStream Apply(SeriesStream stream, EvaluationContext context, int stepCount, bool sameLabelsFail = false)
    {
        if (context.Options.DelayedNameRemoval)
        {
            return new DropNameFlagStream(stream);
        }

        bool namesVary = stream.NamesVary;
        DropNameStream nameless = new(stream);
        return namesVary ? MergingMatrix.From(nameless, stepCount, sameLabelsFail).ToStream() : nameless;
    }
}
