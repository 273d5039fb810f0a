using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>The order of an instant vector. Range queries are ordered by labels whatever a query says, which is a warning.</summary>
internal static class SortFunctions
{
    public static NodeValue Sort(FunctionCall call) => Reorder(
        call, static (matrix, left, right) => CompareValues(matrix.Values(left)[0], matrix.Values(right)[0], sign: 1));

    public static NodeValue SortDescending(FunctionCall call) => Reorder(
        call, static (matrix, left, right) => CompareValues(matrix.Values(left)[0], matrix.Values(right)[0], sign: -1));

    public static NodeValue SortByLabel(FunctionCall call)
    {
        ReadOnlyMemory<byte>[] names = LabelNamesOf(call);
        return Reorder(call, (matrix, left, right) => CompareLabels(matrix.Labels(left), matrix.Labels(right), names), keepHistograms: true);
    }

    public static NodeValue SortByLabelDescending(FunctionCall call)
    {
        ReadOnlyMemory<byte>[] names = LabelNamesOf(call);
        return Reorder(call, (matrix, left, right) => CompareLabels(matrix.Labels(right), matrix.Labels(left), names), keepHistograms: true);
    }

    private static SeriesStream Reorder(
        FunctionCall call, Func<SeriesMatrix, int, int, int> compare, bool keepHistograms = false)
    {
        SeriesStream vector = call.Vector(0);
        if (!call.Context.Steps.IsInstant)
        {
            call.Context.Annotations.Warn(
                call.Node.Position.Start,
                "sort is ineffective for range queries since results are always ordered by labels");
        }

        vector = keepHistograms ? vector : new FloatsOnlyStream(vector);
        if (call.Steps.Count != 1)
        {
            return vector;
        }

        SeriesMatrix rows = SeriesMatrix.From(vector, stepCount: 1);
        int[] order = new int[rows.Count];
        for (int row = 0; row < order.Length; row++)
        {
            order[row] = row;
        }

        Array.Sort(order, (left, right) => compare(rows, left, right) is not 0 and int result ? result : left.CompareTo(right));
        SeriesMatrix ordered = new(stepCount: 1) { NamesVary = rows.NamesVary };
        foreach (int row in order)
        {
            ordered.Add(rows.Labels(row), rows.DropName(row), rows.Values(row), rows.Histograms(row));
        }

        return ordered.ToStream();
    }

    /// <summary>NaN comes last in both directions.</summary>
    private static int CompareValues(double left, double right, int sign) =>
        double.IsNaN(left) || double.IsNaN(right)
            ? double.IsNaN(left).CompareTo(double.IsNaN(right))
            : sign * left.CompareTo(right);

    /// <summary>By the named labels in their order, numbers in them by size; then by all labels.</summary>
    private static int CompareLabels(Labels left, Labels right, ReadOnlyMemory<byte>[] names)
    {
        foreach (ReadOnlyMemory<byte> name in names)
        {
            int order = NaturalOrder.Compare(left.Get(name.Span), right.Get(name.Span));
            if (order != 0)
            {
                return order;
            }
        }

        return left.CompareTo(right);
    }

    private static ReadOnlyMemory<byte>[] LabelNamesOf(FunctionCall call)
    {
        ReadOnlyMemory<byte>[] names = new ReadOnlyMemory<byte>[call.ArgumentCount - 1];
        for (int index = 0; index < names.Length; index++)
        {
            names[index] = call.Text(index + 1).Utf8;
        }

        return names;
    }
}
