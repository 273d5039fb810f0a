namespace AmpEdge.PromQL;

/// <summary>Functions that see a trend in a window: <c>deriv</c>, <c>predict_linear</c> and exponential smoothing.</summary>
internal static class TrendFunctions
{
    public static NodeValue Deriv(FunctionCall call) => call.OverRange(new Derivative());

    public static NodeValue PredictLinear(FunctionCall call) => call.OverRange(new Prediction(call.Scalar(1)));

    public static NodeValue DoubleExponentialSmoothing(FunctionCall call) =>
        call.OverRange(new Smoothing(call.Scalar(1), call.Scalar(2)));

    private sealed class Derivative : WindowFunction
    {
        public override double Evaluate(in Window window) => window.Count < 2
            ? Missing.Value
            : LinearRegression.Fit(window.Timestamps, window.Values, window.Timestamps[0]).Slope;
    }

    /// <summary>The line's value some seconds after the evaluation time.</summary>
    private sealed class Prediction(ScalarColumn seconds) : WindowFunction
    {
        public override bool DependsOnStep => true;

        public override double Evaluate(in Window window)
        {
            if (window.Count < 2)
            {
                return Missing.Value;
            }

            LinearRegression line = LinearRegression.Fit(window.Timestamps, window.Values, window.TimeMs);
            return (line.Slope * seconds.Values[window.Step]) + line.Intercept;
        }
    }

    /// <summary>Holt's linear method: a smoothed level and a smoothed trend.</summary>
    private sealed class Smoothing(ScalarColumn levelFactors, ScalarColumn trendFactors) : WindowFunction
    {
        public override bool DependsOnStep => true;

        public override double Evaluate(in Window window)
        {
            double levelFactor = Require(levelFactors.Values[window.Step], "smoothing factor", "sf");
            double trendFactor = Require(trendFactors.Values[window.Step], "trend factor", "tf");
            ReadOnlySpan<double> values = window.Values;
            if (values.Length < 2)
            {
                return Missing.Value;
            }

            double level = values[0];
            double trend = values[1] - values[0];
            double previousLevel = 0;
            for (int index = 1; index < values.Length; index++)
            {
                if (index > 1)
                {
                    trend = (trendFactor * (level - previousLevel)) + ((1 - trendFactor) * trend);
                }

                previousLevel = level;
                level = (levelFactor * values[index]) + ((1 - levelFactor) * (level + trend));
            }

            return level;
        }

        private static double Require(double factor, string what, string symbol) => factor is > 0 and < 1
            ? factor
            : throw new QueryException(
                QueryErrorKind.Execution,
                $"invalid {what}. Expected: 0 < {symbol} < 1, got: {GoNumber.Fixed(factor)}");
    }
}
