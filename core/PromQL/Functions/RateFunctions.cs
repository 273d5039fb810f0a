namespace AmpEdge.PromQL;

/// <summary>How much a series changes over a window: the rates, deltas, and counts of changes and resets.</summary>
internal static class RateFunctions
{
    public static NodeValue Rate(FunctionCall call) => Extrapolate(call, isCounter: true, perSecond: true);

    public static NodeValue Increase(FunctionCall call) => Extrapolate(call, isCounter: true, perSecond: false);

    public static NodeValue Delta(FunctionCall call) => Extrapolate(call, isCounter: false, perSecond: false);

    public static NodeValue InstantRate(FunctionCall call) => call.OverRange(new InstantChangeFunction(isRate: true));

    public static NodeValue InstantDelta(FunctionCall call) => call.OverRange(new InstantChangeFunction(isRate: false));

    public static NodeValue Changes(FunctionCall call) => OverAnchoredRange(
        call,
        new SuccessionFunction(
            CountChanges, static (current, previous) => !HistogramEquality.AreEqual(current, previous)));

    public static NodeValue Resets(FunctionCall call) =>
        OverAnchoredRange(call, new SuccessionFunction(CountResets, HistogramResets.IsReset));

    private static SeriesStream Extrapolate(FunctionCall call, bool isCounter, bool perSecond) =>
        call.OverRange(call.ExtensionOf(0) == RangeExtension.None
            ? new ExtrapolatedFunction(isCounter, perSecond, CounterNameHint.For(call))
            : new ExtendedFunction(
                isCounter, perSecond, call.ExtensionOf(0) == RangeExtension.Smoothed, CounterNameHint.For(call)));

    /// <summary>An anchored window begins with the sample that the series had when the window began.</summary>
    private static SeriesStream OverAnchoredRange(FunctionCall call, WindowFunction function) =>
        call.OverRange(call.ExtensionOf(0) == RangeExtension.None ? function : new AnchoredFunction(function));

    private static double CountChanges(in Window window)
    {
        ReadOnlySpan<double> values = window.Values;
        int changes = 0;
        for (int index = 1; index < values.Length; index++)
        {
            bool bothNaN = double.IsNaN(values[index]) && double.IsNaN(values[index - 1]);
            changes += values[index] != values[index - 1] && !bothNaN ? 1 : 0;
        }

        return changes;
    }

    private static double CountResets(in Window window)
    {
        ReadOnlySpan<double> values = window.Values;
        int resets = 0;
        for (int index = 1; index < values.Length; index++)
        {
            resets += values[index] < values[index - 1] ? 1 : 0;
        }

        return resets;
    }
}
