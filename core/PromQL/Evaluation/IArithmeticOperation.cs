namespace AmpEdge.PromQL;

/// <summary>An operator on two numbers; a struct, so that the loop over a column is compiled for it.</summary>
internal interface IArithmeticOperation
{
    static abstract double Apply(double left, double right);
}
