namespace AmpEdge.PromQL;

/// <summary>What a call of a function must look like.</summary>
/// <param name="Name">As written in a query.</param>
/// <param name="ReturnType">The type of the result.</param>
/// <param name="ArgumentTypes">In order; the last one stands for all arguments that follow.</param>
/// <param name="Variadic">
/// 0: all arguments must be there. n &gt; 0: the last argument is optional and may come up to n times.
/// -1: the last argument is optional and may come any number of times.
/// </param>
/// <param name="IsExperimental">Only parsed with <see cref="ParserOptions.ExperimentalFunctions"/>.</param>
public sealed record FunctionSignature(
    string Name,
    ExprType ReturnType,
    IReadOnlyList<ExprType> ArgumentTypes,
    int Variadic,
    bool IsExperimental)
{
    /// <summary>The least number of arguments.</summary>
    public int MinArguments => Variadic == 0 ? ArgumentTypes.Count : ArgumentTypes.Count - 1;

    /// <summary>The greatest number of arguments, or null when there is no bound.</summary>
    public int? MaxArguments => Variadic < 0 ? null : MinArguments + Variadic;

    /// <summary>The type that the argument at <paramref name="index"/> must have.</summary>
    public ExprType ArgumentType(int index) => ArgumentTypes[Math.Min(index, ArgumentTypes.Count - 1)];
}
