namespace AmpEdge.PromQL;

/// <summary>How much a series changes over a window: the rates, deltas, and counts of changes and resets.</summary>
internal static class RateFunctions
{
    public static NodeValue Rate(FunctionCall call) => Extrapolate(call, isCounter: true, perSecond: true);

    public static NodeValue Increase(FunctionCall call) => Extrapolate(call, isCounter: true, perSecond: false);

    public static NodeValue Delta(FunctionCall call) => Extrapolate(call, isCounter: false, perSecond: false);

    public static NodeValue InstantRate(FunctionCall call) => call.OverRange(new InstantChangeFunction(isRate: true));

    public static NodeValue InstantDelta(FunctionCall call) => call.OverRange(new InstantChangeFunction(isRate: false));

    public static NodeValue Changes(FunctionCall call) => call.OverRange(new ReducerFunction(CountChanges));

    public static NodeValue Resets(FunctionCall call) => call.OverRange(new ReducerFunction(CountResets));

    private static SeriesStream Extrapolate(FunctionCall call, bool isCounter, bool perSecond) =>
        call.OverRange(new ExtrapolatedFunction(isCounter, perSecond, call.Context.Annotations, call.Position(0)));

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
