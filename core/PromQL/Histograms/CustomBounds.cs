using System.Collections.Immutable;

namespace AmpEdge.PromQL;

/// <summary>The boundaries of custom buckets, and how histograms with different ones are brought together.</summary>
internal static class CustomBounds
{
    public static bool Match(ImmutableArray<double> left, ImmutableArray<double> right) =>
        left == right || left.AsSpan().SequenceEqual(right.AsSpan());

    /// <summary>The bounds that both have.</summary>
    public static ImmutableArray<double> Intersect(ImmutableArray<double> left, ImmutableArray<double> right)
    {
        ImmutableArray<double>.Builder shared = ImmutableArray.CreateBuilder<double>();
        int leftIndex = 0;
        int rightIndex = 0;
        while (leftIndex < left.Length && rightIndex < right.Length)
        {
            if (left[leftIndex] == right[rightIndex])
            {
                shared.Add(left[leftIndex++]);
                rightIndex++;
            }
            else if (left[leftIndex] < right[rightIndex])
            {
                leftIndex++;
            }
            else
            {
                rightIndex++;
            }
        }

        return shared.DrainToImmutable();
    }

    /// <summary>
    /// For each bucket of some bounds, that of +Inf included, the bucket of fewer bounds that takes it in: the first one that
    /// ends at or above its end.
    /// </summary>
    public static int[] Table(ImmutableArray<double> from, ImmutableArray<double> to)
    {
        int[] targets = new int[from.Length + 1];
        int target = 0;
        for (int index = 0; index < from.Length; index++)
        {
            while (target < to.Length && to[target] < from[index])
            {
                target++;
            }

            targets[index] = target;
        }

        targets[^1] = to.Length;
        return targets;
    }
}
