namespace AmpEdge.PromQL;

/// <summary>Errors of queries that are understood, and that the evaluation cannot do.</summary>
internal static class Unsupported
{
    /// <param name="what">The part of the language, as the subject of a sentence.</param>
    public static QueryException Feature(string what) => new(
        QueryErrorKind.Execution, $"{what} is not supported by this version of the query engine");
}
