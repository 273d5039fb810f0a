namespace AmpEdge.IngestServer.Templates;

/// <summary>What a template can ask for while it is expanded.</summary>
internal interface ITemplateQuery
{
    /// <summary>The evaluation time, in milliseconds since the epoch.</summary>
    long TimeMs { get; }

    /// <summary>Where the server is reached from outside; may be empty.</summary>
    string ExternalUrl { get; }

    /// <summary>The result of an expression at the evaluation time.</summary>
    /// <exception cref="TemplateException">The query fails.</exception>
    IReadOnlyList<TemplateSample> Query(string expression);
}
