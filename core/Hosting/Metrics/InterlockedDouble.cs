namespace AmpEdge.Hosting;

/// <summary>The addition that <see cref="Interlocked"/> lacks for doubles.</summary>
internal static class InterlockedDouble
{
    public static void Add(ref double target, double amount)
    {
        double seen = Volatile.Read(ref target);
        while (true)
        {
            double before = Interlocked.CompareExchange(ref target, seen + amount, seen);
            // Compared as bits: a NaN never equals itself and would spin here for ever.
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
            {
                return;
            }

            seen = before;
        }
    }
}
