using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AmpEdge.PromQL;

/// <summary>
/// Folds eight windows at a time, one in each lane of two vectors: neighbours cover about as many samples, and no window's own
/// order of additions changes.
/// </summary>
internal static class WindowLanes
{
    private const int Lanes = 8;

    /// <summary>
    /// Computes windows as <paramref name="exact"/> would, which is asked for those whose result is not finite and those that are
    /// left over.
    /// </summary>
    public static void Evaluate<TFold>(in SeriesWindows windows, WindowReducer exact, Span<double> results)
        where TFold : struct, IWindowFold
    {
        int index = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; index <= results.Length - Lanes; index += Lanes)
            {
                ReadOnlySpan<int> firsts = windows.Firsts.Slice(index, Lanes);
                ReadOnlySpan<int> ends = windows.Ends.Slice(index, Lanes);
                int common = LeastSize(firsts, ends);
                if (common > 0)
                {
                    FoldEight<TFold>(windows.Values, firsts, ends, common, results.Slice(index, Lanes));
                }

                Mend(in windows, exact, common > 0, index, results.Slice(index, Lanes));
            }
        }

        Mend(in windows, exact, areFolded: false, index, results[index..]);
    }

    /// <summary>Computes one by one what has to be.</summary>
    private static void Mend(in SeriesWindows windows, WindowReducer exact, bool areFolded, int first, Span<double> results)
    {
        for (int index = 0; index < results.Length; index++)
        {
            if (areFolded && double.IsFinite(results[index]))
            {
                continue;
            }

            Window window = windows[first + index];
            results[index] = window.Count == 0 ? Missing.Value : exact(in window);
        }
    }

    private static int LeastSize(ReadOnlySpan<int> firsts, ReadOnlySpan<int> ends)
    {
        int least = int.MaxValue;
        for (int lane = 0; lane < Lanes; lane++)
        {
            least = Math.Min(least, ends[lane] - firsts[lane]);
        }

        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FoldEight<TFold>(
        ReadOnlySpan<double> values, ReadOnlySpan<int> firsts, ReadOnlySpan<int> ends, int common, Span<double> results)
        where TFold : struct, IWindowFold
    {
        ref double value = ref MemoryMarshal.GetReference(values);
        Vector256<double> lowState = Gather(ref value, firsts, 0);
        Vector256<double> highState = Gather(ref value, firsts[4..], 0);
        Vector256<double> lowRest = default;
        Vector256<double> highRest = default;
        for (int offset = 1; offset < common; offset++)
        {
            TFold.Add(Gather(ref value, firsts, offset), ref lowState, ref lowRest);
            TFold.Add(Gather(ref value, firsts[4..], offset), ref highState, ref highRest);
        }

        Span<double> states = stackalloc double[Lanes];
        Span<double> rests = stackalloc double[Lanes];
        lowState.CopyTo(states);
        highState.CopyTo(states[4..]);
        lowRest.CopyTo(rests);
        highRest.CopyTo(rests[4..]);
        for (int lane = 0; lane < Lanes; lane++)
        {
            foreach (double further in values[(firsts[lane] + common)..ends[lane]])
            {
                TFold.Add(further, ref states[lane], ref rests[lane]);
            }

            results[lane] = TFold.Finish(states[lane], rests[lane], ends[lane] - firsts[lane]);
        }
    }

    /// <summary>The values at one offset in four windows, all of which reach that far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Gather(ref double value, ReadOnlySpan<int> firsts, int offset) => Vector256.Create(
        Unsafe.Add(ref value, firsts[0] + offset),
        Unsafe.Add(ref value, firsts[1] + offset),
        Unsafe.Add(ref value, firsts[2] + offset),
        Unsafe.Add(ref value, firsts[3] + offset));
}
