namespace AmpEdge.Hosting;

/// <summary>Upper bounds for histograms.</summary>
public static class Buckets
{
    /// <summary>From 5 ms to 10 s: what Prometheus's clients use when nothing else is said.</summary>
    public static double[] Seconds => [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>From 100 µs to 120 s, as Prometheus has them for its HTTP handlers and a little finer below.</summary>
    public static double[] RequestSeconds => [0.0001, 0.001, 0.01, 0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120];

    /// <summary><paramref name="count"/> bounds, each <paramref name="factor"/> times the one before.</summary>
    public static double[] Exponential(double start, double factor, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(factor, 1);
        double[] bounds = new double[count];
        double bound = start;
        for (int index = 0; index < count; index++, bound *= factor)
        {
            bounds[index] = bound;
        }

        return bounds;
    }
}
