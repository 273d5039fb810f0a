namespace AmpEdge.PromQL;

/// <summary>A window function without state.</summary>
internal sealed class ReducerFunction(WindowReducer reduce, bool keepsName = false) : WindowFunction
{
    public override bool KeepsName => keepsName;

    public override double Evaluate(in Window window) => reduce(in window);
}
