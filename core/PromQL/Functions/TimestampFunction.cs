using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// <c>timestamp</c>: the times of the samples of a selector; the values of any other expression are as old as the
/// evaluation.
/// </summary>
internal static class TimestampFunction
{
    public static NodeValue Evaluate(FunctionCall call) => call.WithoutName(
        call.Argument(0) is VectorSelector selector
            ? SelectorEvaluator.SelectVector(selector, call.Evaluator, wantTimestamps: true)
            : new EvaluationTimes(call.Vector(0), call.Steps));

    private sealed class EvaluationTimes(SeriesStream source, StepRange steps) : WrappingStream(source)
    {
        public override bool MoveNext()
        {
            if (!Source.MoveNext())
            {
                return false;
            }

            Span<double> values = Source.Values;
            ReadOnlySpan<FloatHistogram?> histograms = Source.Histograms;
            for (int step = 0; step < values.Length; step++)
            {
                bool isMissing = Missing.IsMissing(values[step]) && (histograms.IsEmpty || histograms[step] is null);
                values[step] = isMissing ? Missing.Value : steps.At(step) / 1000.0;
            }

            return true;
        }
    }
}
