namespace AmpEdge.PromQL;

/// <summary>
/// The samples at the two ends of an extended window, and the values there: those of the samples (anchored) or what lies on
/// the line between the samples on both sides of the end (smoothed).
/// </summary>
/// <param name="First">The place of the last sample at or before the start, or 0.</param>
/// <param name="Last">The place of the last sample; smoothed, of the first one at or after the end.</param>
/// <param name="Left">The value at the start.</param>
/// <param name="Right">The value at the end.</param>
internal readonly record struct WindowBounds(int First, int Last, double Left, double Right)
{
    /// <summary>The place of the last sample at or before the start of a window, or 0 when there is none.</summary>
    public static int FirstOf(ReadOnlySpan<long> timestamps, long startMs)
    {
        int first = 0;
        while (first + 1 < timestamps.Length && timestamps[first + 1] <= startMs)
        {
            first++;
        }

        return first;
    }

    /// <summary>The place of the sample that stands for the end of a window.</summary>
    public static int LastOf(ReadOnlySpan<long> timestamps, int first, long endMs, bool smoothed)
    {
        int last = timestamps.Length - 1;
        while (smoothed && last > first && timestamps[last - 1] >= endMs)
        {
            last--;
        }

        return last;
    }

    /// <summary>The ends of a window; false when all samples lie before it.</summary>
    /// <param name="window">The samples, those outside included.</param>
    /// <param name="smoothed">Interpolate at the ends.</param>
    /// <param name="isCounter">A fall between two samples is a reset: the value came up from zero.</param>
    /// <param name="bounds">The ends.</param>
    public static bool TryFind(in Window window, bool smoothed, bool isCounter, out WindowBounds bounds)
    {
        ReadOnlySpan<long> timestamps = window.Timestamps;
        ReadOnlySpan<double> values = window.Values;
        int first = FirstOf(timestamps, window.StartMs);
        int last = LastOf(timestamps, first, window.EndMs, smoothed);
        if (timestamps[last] <= window.StartMs)
        {
            bounds = default;
            return false;
        }

        double left = smoothed && timestamps[first] < window.StartMs
            ? Interpolate(in window, first, window.StartMs, isCounter)
            : values[first];
        double right = smoothed && last > 0 && timestamps[last] > window.EndMs
            ? Interpolate(in window, last - 1, window.EndMs, isCounter)
            : values[last];
        bounds = new WindowBounds(first, last, left, right);
        return true;
    }

    /// <summary>The value at a time between two samples.</summary>
    public static double Interpolate(double from, long fromMs, double to, long toMs, long timeMs, bool isCounter)
    {
        double start = isCounter && to < from ? 0 : from;
        return start + ((to - start) * (timeMs - fromMs) / (toMs - fromMs));
    }

    private static double Interpolate(in Window window, int before, long timeMs, bool isCounter) => Interpolate(
        window.Values[before],
        window.Timestamps[before],
        window.Values[before + 1],
        window.Timestamps[before + 1],
        timeMs,
        isCounter);
}
