using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public sealed class ColumnSlabTests
{
    [Fact]
    public void Columns_keep_their_values_while_the_slab_grows()
    {
        ColumnSlab slab = new(3);
        for (int column = 0; column < 50; column++)
        {
            slab.Add([column, column + 1, column + 2]);
        }

        Assert.Equal(50, slab.Count);
        Assert.Equal([0, 1, 2], slab[0].ToArray());
        Assert.Equal([49, 50, 51], slab.Memory(49).ToArray());
    }

    [Fact]
    public void More_values_than_an_array_may_have_are_too_many_samples()
    {
        QueryException error = Assert.Throws<QueryException>(() => new ColumnSlab(Array.MaxLength + 1).Add(0));
        Assert.Equal(QueryErrorKind.Execution, error.Kind);
        Assert.Contains("too many samples", error.Message, StringComparison.Ordinal);
    }
}
