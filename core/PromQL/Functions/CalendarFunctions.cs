using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// Parts of the date and time (UTC) that values stand for as Unix seconds; of the evaluation time by default.
/// </summary>
internal static class CalendarFunctions
{
    public static NodeValue Minute(FunctionCall call) => Part(call, static time => time.Minute);

    public static NodeValue Hour(FunctionCall call) => Part(call, static time => time.Hour);

    public static NodeValue DayOfWeek(FunctionCall call) => Part(call, static time => time.DayOfWeek);

    public static NodeValue DayOfMonth(FunctionCall call) => Part(call, static time => time.Day);

    public static NodeValue DayOfYear(FunctionCall call) => Part(call, static time => time.DayOfYear);

    public static NodeValue DaysInMonth(FunctionCall call) => Part(call, static time => time.DaysInMonth);

    public static NodeValue Month(FunctionCall call) => Part(call, static time => time.Month);

    public static NodeValue Year(FunctionCall call) => Part(call, static time => time.Year);

    private static SeriesStream Part(FunctionCall call, Func<CivilTime, double> part)
    {
        if (call.ArgumentCount > 0)
        {
            return call.Map(value => part(new CivilTime(value)));
        }

        SeriesMatrix single = new(call.Steps.Count);
        Span<double> values = single.AddMissing(Labels.Empty, dropName: false);
        for (int step = 0; step < values.Length; step++)
        {
            values[step] = part(new CivilTime(call.Steps.At(step) / 1000.0));
        }

        return single.ToStream();
    }
}
