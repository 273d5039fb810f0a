using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Arrays that are needed for a page or while something grows. Short ones are rented from the shared pool. That pool would keep long
/// ones for each thread of the process and for a minute, so that one target that sends too much would hold some hundred
/// megabytes of which nothing is in use; a few of those are kept here, for all threads, until the next collection of everything.
/// </summary>
internal static class ScratchArrays
{
    /// <summary>A target with thirty thousand series stays below it.</summary>
    public const int LongestPooledBytes = 1 << 20;

    /// <summary>An array with at least so many items, whose contents are undefined. Thread-safe, as is <see cref="Return"/>.</summary>
    public static T[] Rent<T>(int length)
        where T : unmanaged
    {
        if (IsPooled<T>(length))
        {
            return ArrayPool<T>.Shared.Rent(length);
        }

        int rounded = (int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)length));
        return LongArrays<T>.Take(rounded) ?? GC.AllocateUninitializedArray<T>(rounded);
    }

    /// <summary>Takes back what came from <see cref="Rent"/>.</summary>
    public static void Return<T>(T[] items)
        where T : unmanaged
    {
        if (IsPooled<T>(items.Length))
        {
            ArrayPool<T>.Shared.Return(items);
        }
        else
        {
            LongArrays<T>.Keep(items);
        }
    }

    /// <summary>The pool rounds lengths up to powers of two: judged by those, an array is returned where it came from.</summary>
    private static bool IsPooled<T>(int length)
        where T : unmanaged =>
        (long)BitOperations.RoundUpToPowerOf2((uint)length) * Unsafe.SizeOf<T>() <= LongestPooledBytes;

    /// <summary>
    /// Arrays that wait for their next user, held weakly: what is that long is only collected when everything is, so that they last while
    /// pages come one after another and are gone when memory is asked for.
    /// </summary>
    private static class LongArrays<T>
        where T : unmanaged
    {
        private const int MaxKept = 8;

        private static readonly Lock s_lock = new();
        private static readonly WeakReference<T[]?>[] s_kept = CreateKept();

        public static T[]? Take(int length)
        {
            lock (s_lock)
            {
                foreach (WeakReference<T[]?> kept in s_kept)
                {
                    if (kept.TryGetTarget(out T[]? items) && items.Length == length)
                    {
                        kept.SetTarget(null);
                        return items;
                    }
                }
            }

            return null;
        }

        /// <summary>Without a place for it the array is left to the collector.</summary>
        public static void Keep(T[] items)
        {
            lock (s_lock)
            {
                foreach (WeakReference<T[]?> kept in s_kept)
                {
                    if (!kept.TryGetTarget(out _))
                    {
                        kept.SetTarget(items);
                        return;
                    }
                }
            }
        }

        private static WeakReference<T[]?>[] CreateKept()
        {
            WeakReference<T[]?>[] kept = new WeakReference<T[]?>[MaxKept];
            for (int place = 0; place < MaxKept; place++)
            {
                kept[place] = new WeakReference<T[]?>(null);
            }

            return kept;
        }
    }
}
