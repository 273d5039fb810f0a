using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

public sealed class SeriesKeysTests
{
    [Fact]
    public void Keys_are_found_as_in_a_dictionary_whatever_came_and_went()
    {
        Gen gen = Gen.Create(56);
        SeriesKeys keys = new(new BlockSlab(), seed: 3);
        Dictionary<string, uint> model = [];
        uint previous = 0;
        for (int step = 0; step < 20_000; step++)
        {
            string text = $"series-{gen.Int(400)}-{new string('x', gen.Int(40) * gen.Int(40))}";
            byte[] raw = System.Text.Encoding.UTF8.GetBytes(text);
            uint key = keys.Find(raw, previous);
            Assert.Equal(model.GetValueOrDefault(text), key);
            if (key == 0)
            {
                key = keys.Prepare(raw, series: (uint)step + 1);
                Assert.Equal(0u, keys.Find(raw, out uint tag));
                keys.Publish(key, tag);
                model[text] = key;
            }
            else if (gen.OneIn(3))
            {
                Assert.True(keys.Get(key).SequenceEqual(raw), gen.ToString());
                keys.Remove(key);
                keys.Release(key);
                model.Remove(text);
                key = 0;
            }

            // At times a follower is remembered that is no key any more: the guess must see that.
            previous = key != 0 && gen.Bool() ? key : 0;
        }

        Assert.Equal(model.Count, keys.Count);
    }

    [Fact]
    public void The_key_that_followed_last_time_is_found_first()
    {
        SeriesKeys keys = new(new BlockSlab(), seed: 3);
        uint first = Add(keys, "first"u8);
        uint second = Add(keys, "second"u8);
        uint third = Add(keys, "third"u8);

        Assert.Equal(second, keys.Find("second"u8, first));
        Assert.Equal(third, keys.Find("third"u8, first));
        Assert.Equal(second, keys.Find("second"u8, first));
        Assert.Equal(0u, keys.Find("fourth"u8, first));
        Assert.Equal(0u, keys.Find("secon"u8, first));
    }

    private static uint Add(SeriesKeys keys, ReadOnlySpan<byte> raw)
    {
        keys.Find(raw, out uint tag);
        uint key = keys.Prepare(raw, series: 1);
        keys.Publish(key, tag);
        return key;
    }
}
