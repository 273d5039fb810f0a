namespace AmpEdge.PromQL;

/// <summary>A window function of floats without state.</summary>
internal sealed class ReducerFunction(WindowReducer reduce) : WindowFunction
{
    public override double Evaluate(in Window window) => reduce(in window);
}
