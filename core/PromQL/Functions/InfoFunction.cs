using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// <c>info</c>: adds to each series the labels of the info series (<c>target_info</c> by default) with the same
/// <c>instance</c> and <c>job</c>. Only info series of the instances and jobs at hand are selected from the store.
/// </summary>
internal static class InfoFunction
{
    public static NodeValue Evaluate(FunctionCall call)
    {
        EvaluationContext context = call.Context;
        SeriesMatrix series = SeriesMatrix.From(call.Vector(0), call.Steps.Count);
        InfoSelector selector = InfoSelector.Of(call.ArgumentCount > 1 ? (VectorSelector)call.Argument(1) : null);
        bool[] isInfo = new bool[series.Count];
        for (int row = 0; row < isInfo.Length; row++)
        {
            isInfo[row] = selector.SelectsName(series.Labels(row));
        }

        InfoSeries infos = InfoSeries.Select(selector, series, isInfo, call);
        InfoJoin join = new(selector, infos, call.Steps.Count);
        MergingMatrix result = new(call.Steps.Count);
        for (int row = 0; row < series.Count; row++)
        {
            context.ThrowIfStopped();
            if (isInfo[row])
            {
                result.Add(series.Labels(row), series.DropName(row), series.Values(row), series.Histograms(row));
            }
            else
            {
                join.AddEnriched(series, row, result);
            }
        }

        context.Budget.HoldRows(result.Matrix);
        result.Matrix.NamesVary = series.NamesVary;
        return result.Matrix.ToStream();
    }
}
