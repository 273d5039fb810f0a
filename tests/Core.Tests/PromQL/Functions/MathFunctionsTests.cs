using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL.Functions;

public class MathFunctionsTests
{
    /// <summary>Numbers at which one factor, made of π and 180 beforehand, gives another last bit.</summary>
    [Theory]
    [InlineData("rad(vector(3))", 0.05235987755982988)]
    [InlineData("rad(vector(-3))", -0.05235987755982988)]
    [InlineData("deg(vector(11))", 630.2535746439056)]
    [InlineData("deg(vector(-11))", -630.2535746439056)]
    public async Task Degrees_and_radians_are_multiplied_before_they_are_divided(string query, double expected)
    {
        using Engine engine = new(new EngineOptions(), TimeProvider.System);
        QueryResult result = await engine.InstantAsync(
            MemoryQueryable.Empty, query, 0, QueryOptions.Default, CancellationToken.None);
        VectorValue vector = (VectorValue)result.Value;
        Assert.Equal(1, vector.Count);
        Assert.Equal(expected, vector.Values[0]);
    }
}
