namespace AmpEdge.PromQL;

/// <summary>A comparison of two numbers; a struct, so that the loop over a column is compiled for it.</summary>
internal interface IComparisonOperation
{
    static abstract bool Holds(double left, double right);
}
