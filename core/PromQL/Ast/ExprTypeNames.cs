namespace AmpEdge.PromQL;

/// <summary>The names of expression types, as error texts and as the HTTP API spell them.</summary>
public static class ExprTypeNames
{
    /// <summary>The name in running text, such as <c>instant vector</c>.</summary>
    public static string Documented(ExprType type) => type switch
    {
        ExprType.Vector => "instant vector",
        ExprType.Matrix => "range vector",
        ExprType.Scalar => "scalar",
        ExprType.String => "string",
        _ => "none",
    };

    /// <summary>The name in the HTTP API, such as <c>vector</c>.</summary>
    public static string Api(ExprType type) => type switch
    {
        ExprType.Vector => "vector",
        ExprType.Matrix => "matrix",
        ExprType.Scalar => "scalar",
        ExprType.String => "string",
        _ => "none",
    };
}
