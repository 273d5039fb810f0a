using AmpEdge.Agent.Buffer;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class LabelSlabsTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void A_random_history_agrees_with_a_list(int grain)
    {
        Gen gen = Gen.Create(41 + grain);
        LabelSlabs slabs = new(grain);
        List<(SlabPlace Place, byte[] Text)> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            if (model.Count == 0 || gen.Int(2_000) > model.Count)
            {
                byte[] text = gen.Bytes(gen.OneIn(200) ? gen.Int(100_000) : gen.Int(80));
                model.Add((slabs.Store(text), text));
            }
            else
            {
                int gone = gen.Int(model.Count);
                slabs.Free(model[gone].Place);
                model[gone] = model[^1];
                model.RemoveAt(model.Count - 1);
            }

            if (model.Count > 0)
            {
                (SlabPlace place, byte[] text) = model[gen.Int(model.Count)];
                Assert.True(slabs.Read(place).SequenceEqual(text), gen.ToString());
            }
        }

        foreach ((SlabPlace place, byte[] text) in model)
        {
            Assert.True(slabs.Read(place).SequenceEqual(text), gen.ToString());
        }
    }

    [Fact]
    public void A_freed_place_serves_the_next_text_of_its_size_without_more_memory()
    {
        LabelSlabs slabs = new();
        List<SlabPlace> places = [];
        byte[] text = new byte[40];
        for (int index = 0; index < 10_000; index++)
        {
            places.Add(slabs.Store(text));
        }

        long full = slabs.CapacityBytes;
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (SlabPlace place in places)
        {
            slabs.Free(place);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        for (int index = 0; index < 10_000; index++)
        {
            slabs.Store(text);
        }

        Assert.Equal(full, slabs.CapacityBytes);
    }
}
