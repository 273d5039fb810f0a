using System.Runtime.CompilerServices;
using AmpEdge.Agent.Scrape;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class ScratchArraysTests
{
    private const int Long = 3 << 20;

    [Fact]
    public void An_array_has_at_least_the_length_that_was_asked_for()
    {
        foreach (int length in (int[])[0, 1, 1000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, Long])
        {
            int[] items = ScratchArrays.Rent<int>(length);
            Assert.InRange(items.Length, length, Math.Max(16, length * 2));
            ScratchArrays.Return(items);
        }
    }

    [Fact]
    public void What_one_thread_returns_the_next_one_has()
    {
        OfThreads[] first = ScratchArrays.Rent<OfThreads>(Long);
        OfThreads[]? second = null;
        Thread other = new(() =>
        {
            ScratchArrays.Return(first);
            second = ScratchArrays.Rent<OfThreads>(Long - 1);
        });
        other.Start();
        other.Join();
        Assert.Same(first, second);
        Assert.NotSame(first, ScratchArrays.Rent<OfThreads>(Long));
    }

    [Fact]
    public void Long_ones_are_gone_with_the_next_collection_of_everything()
    {
        WeakReference items = RentAndReturn();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        Assert.False(items.IsAlive);
    }

    [Fact]
    public void No_more_than_a_few_are_kept()
    {
        OfCount[][] items = new OfCount[20][];
        for (int place = 0; place < items.Length; place++)
        {
            items[place] = ScratchArrays.Rent<OfCount>(Long);
        }

        HashSet<OfCount[]> returned = [.. items];
        Array.ForEach(items, ScratchArrays.Return);
        int known = 0;
        for (int place = 0; place < items.Length; place++)
        {
            known += returned.Contains(ScratchArrays.Rent<OfCount>(Long)) ? 1 : 0;
        }

        Assert.InRange(known, 1, 8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RentAndReturn()
    {
        OfCollection[] items = ScratchArrays.Rent<OfCollection>(Long);
        ScratchArrays.Return(items);
        return new WeakReference(items);
    }

    // A kind of item for each test: arrays of other tests are none of its.
    private readonly record struct OfThreads(int Item);

    private readonly record struct OfCollection(int Item);

    private readonly record struct OfCount(int Item);
}
