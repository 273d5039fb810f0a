using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public class MergingMatrixTests
{
    private static readonly Labels s_labels = Labels.FromStrings("a", "b");

    [Fact]
    public void Rows_of_one_label_set_become_one_where_they_do_not_meet()
    {
        MergingMatrix merging = new(3);
        merging.Add(s_labels, false, [1, Missing.Value, Missing.Value]);
        merging.Add(Labels.Empty, false, [7, 8, 9]);
        merging.Add(s_labels, false, [Missing.Value, Missing.Value, 3]);
        Assert.Equal(2, merging.Matrix.Count);
        Assert.Equal([1, Missing.Value, 3], merging.Matrix.Values(0).ToArray());
    }

    [Fact]
    public void Rows_of_one_label_set_that_meet_are_an_error()
    {
        MergingMatrix merging = new(2);
        merging.Add(s_labels, false, [1, 2]);
        QueryException error = Assert.Throws<QueryException>(() => merging.Add(s_labels, false, [Missing.Value, 3]));
        Assert.Equal("vector cannot contain metrics with the same labelset", error.Message);
    }

    [Fact]
    public void A_row_without_values_leaves_no_trace()
    {
        MergingMatrix merging = new(2);
        merging.Add(s_labels, false, [Missing.Value, Missing.Value]);
        Assert.Equal(0, merging.Matrix.Count);
    }
}
