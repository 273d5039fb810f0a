using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.QueryApi;

/// <summary>Durations of API parameters: seconds as a number, or Prometheus's form with units.</summary>
public static class DurationParameter
{
    /// <summary>Prometheus counts in 64-bit nanoseconds; what does not fit there is refused.</summary>
    private const double MaxSeconds = long.MaxValue / 1e9;

    /// <summary>Reads a duration; below a millisecond it is cut, and numbers may be negative.</summary>
    public static bool TryParse(string text, out long durationMs, out string problem)
    {
        durationMs = 0;
        if (GoFloat.TryParse(text, out double seconds))
        {
            if (Math.Abs(seconds) > MaxSeconds)
            {
                problem = $"cannot parse {LabelsFormatter.Quote(text)} to a valid duration. It overflows int64";
                return false;
            }

            if (!double.IsNaN(seconds))
            {
                problem = "";
                durationMs = (long)(seconds * 1000);
                return true;
            }
        }

        if (PrometheusDuration.TryParse(text, out TimeSpan duration, out _))
        {
            problem = "";
            durationMs = (long)duration.TotalMilliseconds;
            return true;
        }

        problem = $"cannot parse {LabelsFormatter.Quote(TimeParameter.Clip(text))} to a valid duration";
        return false;
    }
}
