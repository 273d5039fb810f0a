namespace AmpEdge.PromQL;

/// <summary>
/// What an expression came to: a <see cref="ScalarValue"/>, <see cref="StringValue"/>, <see cref="VectorValue"/> or
/// <see cref="MatrixValue"/>.
/// </summary>
public abstract class QueryValue
{
    private protected QueryValue()
    {
    }
}
