using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>What becomes of one series of a target on its way to the buffer, step by step: for people who look for it.</summary>
/// <param name="Scraped">The labels of the page with those of the target; null when the text is no series.</param>
/// <param name="Steps">What each metric relabel rule does.</param>
/// <param name="Result">The labels that are stored; null when a rule drops them or something is wrong with them.</param>
/// <param name="Problem">Why the text is no series, or why its labels fail the scrape; null when neither.</param>
internal sealed record SeriesTrace(Labels? Scraped, IReadOnlyList<RelabelStep> Steps, Labels? Result, string? Problem)
{
    /// <summary>Follows a series as a page or a query shows it, with or without a value.</summary>
    public static SeriesTrace Of(string text, Labels targetLabels, ScrapeJob job)
    {
        SampleLabels unchanged = new(targetLabels, job.HonorLabels, utf8Names: true, [], new ScrapeLimits());
        if (Parse(text, unchanged, out string? problem) is not { } scraped)
        {
            return new SeriesTrace(null, [], null, problem);
        }

        IReadOnlyList<RelabelStep> steps = RelabelTrace.Run(scraped, job.MetricRelabelRules);
        SampleLabels real = new(targetLabels, job.HonorLabels, job.Utf8Names, job.MetricRelabelRules, job.Limits);
        Labels? result = Parse(text, real, out problem);
        return new SeriesTrace(scraped, steps, result, problem);
    }

    private static Labels? Parse(string text, SampleLabels labels, out string? problem)
    {
        string line = text.Trim();
        // What a query shows ends with its labels; a line of a page goes on with a value.
        bool hasValue = !line.EndsWith('}') && line.LastIndexOf(' ') > line.LastIndexOf('}');
        byte[] page = Encoding.UTF8.GetBytes(hasValue ? line + "\n" : line + " 0\n");
        LineParser<TextGrammar> parser = new(page, new LabelSlots(), new LabelSlots());
        ExpositionEntry entry = parser.Next();
        if (entry != ExpositionEntry.Series)
        {
            problem = parser.Error is { } error ? error.ToString() : "this is no series: a name, labels in braces, or both";
            return null;
        }

        return labels.Make(in parser, out problem);
    }
}
