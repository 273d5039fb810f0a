using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer.Rules;

/// <summary>The results of expressions as rules and templates see them: a vector, also of a scalar.</summary>
internal static class RuleVector
{
    public static async Task<IReadOnlyList<RuleSample>> QueryAsync(
        IRuleQuerier querier, string expression, long timeMs, CancellationToken cancel)
    {
        try
        {
            return Of(await querier.QueryAsync(expression, timeMs, cancel).ConfigureAwait(false));
        }
        catch (QueryException failure)
        {
            throw new RuleFailedException(failure.Message, failure);
        }
    }

    private static List<RuleSample> Of(QueryValue value)
    {
        switch (value)
        {
            case ScalarValue scalar:
                return [new RuleSample(Labels.Empty, scalar.TimestampMs, scalar.Value)];
            case VectorValue vector:
                List<RuleSample> samples = new(vector.Count);
                for (int index = 0; index < vector.Count; index++)
                {
                    FloatHistogram? histogram = vector.HistogramAt(index);
                    double number = histogram is null ? vector.Values[index] : 0;
                    samples.Add(new RuleSample(vector.Labels[index], vector.TimestampMs, number, histogram));
                }

                return samples;
            default:
                throw new RuleFailedException("rule result is not a vector or scalar");
        }
    }
}
